#include "core/files/durable.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.h"
#include "core/files/descriptor.h"

namespace strang::files {
namespace {

int open_or_throw(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor < 0) throw_errno(path, "cannot be opened for writing");
  return descriptor;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

void write_all(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  const Descriptor file(open_or_throw(path, O_WRONLY | O_CREAT | O_TRUNC));
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw_errno(path, "cannot be written");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  sync(file.get(), path);
}

}  // namespace

void sync(int descriptor, const std::filesystem::path& path) {
  if (::fsync(descriptor) != 0) throw_errno(path, "cannot be written");
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    throw_errno(from, fmt::format("cannot be renamed to {}", to.filename().string()));
  const Descriptor folder(open_or_throw(folder_of(to), O_RDONLY | O_DIRECTORY));
  // Some network file systems know no fsync of a folder (EINVAL); the rename itself has happened.
  if (::fsync(folder.get()) != 0 && errno != EINVAL)
    throw_errno(folder_of(to), "cannot be written");
}

void write_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  // The process id keeps two writers of one name apart.
  const std::filesystem::path part = fmt::format("{}.tmp.{}", path.string(), ::getpid());
  try {
    write_all(part, bytes);
    rename_durably(part, path);
  } catch (...) {
    ::unlink(part.c_str());
    throw;
  }
}

void write_atomically(const std::filesystem::path& path, std::string_view text) {
  write_atomically(path,
                   std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace strang::files
