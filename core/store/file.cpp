#include "core/store/file.h"

#include <hdf5.h>

#include <system_error>

#include "core/error.h"
#include "core/store/file_state.h"

namespace strang::store {
namespace {

// Closing a file closes everything that was opened through it, so that `close` means closed.
Handle access_properties() {
  static const bool threadsafe = [] {
    hbool_t is = false;
    return H5is_library_threadsafe(&is) >= 0 && is;
  }();
  ensure(threadsafe,
         "this HDF5 library is not thread-safe (Debian's is): runs are flushed from a "
         "thread of their own");
  Handle properties(call("HDF5", "cannot start", [] { return H5Pcreate(H5P_FILE_ACCESS); }),
                    H5Pclose);
  H5Pset_fclose_degree(properties.get(), H5F_CLOSE_STRONG);
  return properties;
}

// Without evictions, metadata is written by flushes alone: a killed run leaves the last flush.
void keep_metadata_until_flush(Id properties) {
  H5AC_cache_config_t cache;
  cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  call("HDF5", "cannot configure", [&] { return H5Pget_mdc_config(properties, &cache); });
  cache.evictions_enabled = false;
  cache.incr_mode = H5C_incr__off;
  cache.flash_incr_mode = H5C_flash_incr__off;
  cache.decr_mode = H5C_decr__off;
  call("HDF5", "cannot configure", [&] { return H5Pset_mdc_config(properties, &cache); });
}

[[noreturn]] void throw_unreadable(const std::string& path) {
  const std::string reason = hdf5_message();
  ensure(reason != "Resource temporarily unavailable", "{}: another process is writing this file",
         path);
  throw UsageError(fmt::format("{}: not a readable HDF5 file ({})", path, reason));
}

}  // namespace

File File::open(const std::filesystem::path& path) {
  const std::string name = path.string();
  std::error_code ignored;
  require(std::filesystem::exists(path, ignored), "{}: no such file", name);
  require(!std::filesystem::is_directory(path, ignored), "{}: a folder, expected an HDF5 file",
          name);
  const Handle access = access_properties();
  const Id id = H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.get());
  if (id < 0) throw_unreadable(name);
  return File(std::make_shared<FileState>(path, id, FileState::Access::read));
}

File File::create(const std::filesystem::path& path) {
  const std::string name = path.string();
  const Handle access = access_properties();
  keep_metadata_until_flush(access.get());
  const auto create = [&] {
    return H5Fcreate(name.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, access.get());
  };
  const Id id = call(name, "cannot create this file", create);
  return File(std::make_shared<FileState>(path, id, FileState::Access::write));
}

const std::filesystem::path& File::path() const { return state_->path(); }

Group File::root() const {
  const auto open = [&] { return H5Gopen2(state_->id(), "/", H5P_DEFAULT); };
  return {state_, Handle(call(path().string(), "cannot open /", open), H5Gclose), "/"};
}

void File::flush() { state_->flush(); }
void File::close() { state_->close(); }
int File::descriptor() const { return state_->descriptor(); }

}  // namespace strang::store
