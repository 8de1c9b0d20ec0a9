#include "core/store/handle.h"

#include <hdf5.h>

#include <cstdlib>

#include "core/error.h"
#include "core/files/descriptor.h"

namespace strang::store {

static_assert(std::is_same_v<hid_t, Id> && std::is_same_v<herr_t, int>);

namespace {

herr_t keep_first(unsigned index, const H5E_error2_t* error, void* text) {
  if (index == 0 && error->desc) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

}  // namespace

void silence_hdf5() {
  // No clean-up at exit: every handle is owned here, and HDF5 would try once more to write a file
  // that could not be written, and crash.
  static const herr_t no_exit_handler = H5dont_atexit();
  static_cast<void>(no_exit_handler);
  // Debian's HDF5 keeps one error stack, with its own printer, for each thread.
  thread_local const herr_t silenced = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  static_cast<void>(silenced);
}

Handle::~Handle() {
  if (id_ < 0) return;
  silence_hdf5();
  close_(id_);
}

std::string hdf5_message() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
  // A failed system call is described as "... errno = 28, error message = 'No space left on
  // device', buf = 0x5581..., ...": addresses and sizes say nothing to a user.
  constexpr std::string_view mark = "errno = ";
  const std::size_t start = text.find(mark);
  if (start == std::string::npos) return text.empty() ? "HDF5 gave no reason" : text;
  return files::reason_of(std::atoi(text.c_str() + start + mark.size()));
}

void throw_hdf5(std::string_view where, std::string_view what) {
  throw Error(fmt::format("{}: {} ({})", where, what, hdf5_message()));
}

}  // namespace strang::store
