#include "experiments/provenance.h"

#include <fmt/chrono.h>
#include <unistd.h>

#include <ctime>
#include <exception>
#include <string>
#include <system_error>

#include "analysis/run_diff.h"
#include "core/config/dump.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/revision.h"
#include "core/tensor.h"
#include "core/torch_check.h"
#include "experiments/job.h"

namespace strang {
namespace {

std::string host_name() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

void write_provenance(store::Group root, const Experiment& e) {
  root.set_attribute("format", std::int64_t{1});
  root.set_attribute("status", std::string("running"));
  root.set_attribute("name", e.spec.name);
  root.set_attribute("spec", config::dump(e.resolved));
  root.set_attribute("spec_hash", sha256_hex(config::canonical(e.resolved)));
  root.set_attribute("job", config::dump(job_of(e.resolved)));
  root.set_attribute("job_hash", job_hash(e.resolved));
  root.set_attribute("composed_hash", job_hash(e.composed));
  root.set_attribute("strang_revision", std::string(revision()));
  root.set_attribute("dirty", revision_dirty());
  root.set_attribute("libtorch", loaded_libtorch().version);
  root.set_attribute("device", e.spec.device);
  root.set_attribute("cpu_capability", at::get_cpu_capability());
  root.set_attribute("host", host_name());
  root.set_attribute("seed", e.spec.seed);
  root.set_attribute("started",
                     fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))));
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  ensure(!error, "{}: the folder cannot be made ({}): set 'output' to another one", folder.string(),
         error.message());
}

}  // namespace

bool is_done(const std::filesystem::path& path, const Experiment& e) {
  if (!std::filesystem::exists(path)) return false;
  constexpr const char* remedy = "set 'output' to another folder, or replace it with --force";
  const store::Group root = [&] {
    try {
      return store::File::open(path).root();
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", error.what(), remedy));
    }
  }();
  require(root.has_attribute("job_hash") && root.has_attribute("job"),
          "{}: there is a file that is no run of strang: {}", path.string(), remedy);
  if (root.attribute<std::string>("job_hash") == job_hash(e.resolved)) return true;
  const auto other = analysis::first_difference(
      analysis::parse_spec(root.attribute<std::string>("job"), path.string()),
      analysis::parse_spec(config::dump(job_of(e.resolved)), "this run"));
  throw UsageError(fmt::format(
      "{}: there is a complete run of another {}: {}; {}", path.string(), other ? "spec" : "code",
      other ? fmt::format("{} is {} there and {} here", other->key, other->a, other->b)
            : fmt::format("revision {} there, {} here",
                          root.attribute<std::string>("strang_revision"), revision()),
      remedy));
}

void require_replaceable(const std::filesystem::path& path, bool force) {
  require(force || !std::filesystem::exists(path),
          "{}: exists already: set 'output' to another file, or replace it with --force",
          path.string());
}

std::unique_ptr<store::PartFile> start_run_file(const std::filesystem::path& path,
                                                const Experiment& e, bool overwrite) {
  make_folder(path.parent_path());
  auto file = std::make_unique<store::PartFile>(path, store::PartFile::Options{overwrite});
  write_provenance(file->file().root(), e);
  file->file().flush();
  return file;
}

void end_run_file(store::PartFile& file, const std::string& status,
                  const std::string& note) noexcept {
  try {
    store::Group root = file.file().root();
    root.set_attribute("status", status);
    root.set_attribute("note", note);
    file.file().close();
  } catch (const std::exception&) {
    // That it cannot be written is why the run failed.
  }
}

}  // namespace strang
