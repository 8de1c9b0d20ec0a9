#include "experiments/shards.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <system_error>

#include "core/config/dump.h"
#include "core/config/yaml.h"
#include "core/error.h"
#include "core/files/descriptor.h"
#include "core/files/durable.h"
#include "core/hash.h"

namespace strang {
namespace {

namespace fs = std::filesystem;
using config::Node;

// Of a file that may be larger than memory.
std::string sha256_of(const fs::path& path) {
  const files::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0)
    files::throw_errno(path, "the shard cannot be read");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return sha256_hex("");
  void* const bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (bytes == MAP_FAILED) files::throw_errno(path, "the shard cannot be read");
  const std::string hash = sha256_hex({static_cast<const char*>(bytes), size});
  ::munmap(bytes, size);
  return hash;
}

Node node_of(const ShardEntry& entry) {
  Node node{Node::Map{}};
  node.set("file", Node(entry.file.filename().string()));
  node.set("first", Node(entry.samples.first));
  node.set("last", Node(entry.samples.end - 1));
  node.set("job", Node(entry.job));
  node.set("sha256", Node(entry.sha256));
  return node;
}

ShardEntry read_entry(const fs::path& path) {
  const Node node = config::read_yaml_file(path.string());
  const auto find = [&](const char* key, bool integer) {
    const Node* found = node.is_map() ? node.find(key) : nullptr;
    ensure(found != nullptr && (integer ? found->is_int() : found->is_string()),
           "{}: this is no line of a manifest: '{}' is missing", path.string(), key);
    return found;
  };
  return {.file = path.parent_path() / find("file", false)->text(),
          .samples = {find("first", true)->integer(), find("last", true)->integer() + 1},
          .job = find("job", false)->text(),
          .sha256 = find("sha256", false)->text()};
}

std::string text_of(const SampleRange& samples) {
  return fmt::format("samples {} to {}", samples.first, samples.end - 1);
}

void verify_content(const ShardEntry& entry, const std::string& job) {
  constexpr const char* remedy = "`strang sweep retry` runs this shard anew";
  const std::string where = entry.file.string();
  ensure(entry.job == job, "{}: the shard ({}) is of another job, {} and not {}: {}", where,
         text_of(entry.samples), entry.job.substr(0, 12), job.substr(0, 12), remedy);
  ensure(fs::exists(entry.file), "{}: the shard ({}) is missing: {}", where, text_of(entry.samples),
         remedy);
  ensure(sha256_of(entry.file) == entry.sha256,
         "{}: the bytes of the shard ({}) have changed since it was written (SHA-256): {}", where,
         text_of(entry.samples), remedy);
}

// The files of a folder that end in this way.
std::vector<fs::path> files_of(const fs::path& folder, const char* ending) {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().filename().string().ends_with(ending)) found.push_back(entry.path());
  return found;
}

}  // namespace

std::vector<SampleRange> divide_samples(std::int64_t samples, std::int64_t microbatch,
                                        std::int64_t shards) {
  const std::int64_t batches = (samples + microbatch - 1) / microbatch;
  const std::int64_t count = std::min(shards, batches);
  std::vector<SampleRange> ranges;
  for (std::int64_t k = 0; k < count; ++k)
    ranges.push_back({k * batches / count * microbatch,
                      std::min((k + 1) * batches / count * microbatch, samples)});
  return ranges;
}

fs::path ShardFolder::named(std::size_t shard, const char* ending) const {
  return folder_ / fmt::format("{}-of-{}{}", shard, count(), ending);
}

bool ShardFolder::has(std::size_t shard) const { return fs::exists(named(shard, ".yaml")); }

bool ShardFolder::has_all() const {
  for (std::size_t shard = 0; shard < count(); ++shard)
    if (!has(shard)) return false;
  return true;
}

void ShardFolder::add(std::size_t shard, const std::string& job) const {
  const ShardEntry entry{file(shard), range(shard), job, sha256_of(file(shard))};
  files::write_atomically(named(shard, ".yaml"), config::dump(node_of(entry)));
}

std::vector<ShardEntry> ShardFolder::manifest() const {
  std::vector<ShardEntry> entries;
  for (std::size_t shard = 0; shard < count(); ++shard)
    entries.push_back(read_entry(named(shard, ".yaml")));
  return entries;
}

void verify_shards(const std::vector<ShardEntry>& manifest, const std::string& job,
                   std::int64_t samples) {
  std::vector<ShardEntry> sorted = manifest;
  std::stable_sort(sorted.begin(), sorted.end(), [](const ShardEntry& a, const ShardEntry& b) {
    return a.samples.first < b.samples.first;
  });
  std::int64_t next = 0;
  for (const ShardEntry& entry : sorted) {
    verify_content(entry, job);
    ensure(entry.samples.first <= next, "{}: no shard has the {}", entry.file.string(),
           text_of({next, entry.samples.first}));
    ensure(entry.samples.first == next, "{}: the shard ({}) overlaps another one, up to sample {}",
           entry.file.string(), text_of(entry.samples), next - 1);
    next = entry.samples.end;
  }
  ensure(next >= samples, "no shard has the {}", text_of({next, samples}));
  ensure(next == samples, "the shards end with sample {}, the run with sample {}", next - 1,
         samples - 1);
}

void remove_unsound_shards(const fs::path& folder, const std::string& job) {
  for (const fs::path& line : files_of(folder, ".yaml")) {
    try {
      verify_content(read_entry(line), job);
    } catch (const Error&) {
      fs::remove(line);
      fs::remove(fs::path(line).replace_extension(".h5"));
    }
  }
}

void remove_shards(const fs::path& folder) {
  std::error_code raced;  // what another process has removed meanwhile ends a pass
  for (int pass = 0; pass < 100; ++pass) {
    fs::remove_all(folder, raced);
    if (!fs::exists(folder, raced)) return;
  }
}

std::size_t count_shards(const fs::path& folder) { return files_of(folder, ".yaml").size(); }

std::string manifest_text(const std::vector<ShardEntry>& manifest) {
  Node::List list;
  for (const ShardEntry& entry : manifest) list.push_back(node_of(entry));
  return config::dump(Node(list));
}

}  // namespace strang
