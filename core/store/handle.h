#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace strang::store {

// HDF5's hid_t, spelled out so that users of the store do not include HDF5's headers.
using Id = std::int64_t;

// Owns one HDF5 identifier and closes it with the function of its kind.
class Handle {
 public:
  using Close = int (*)(Id);

  Handle() = default;
  Handle(Id id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(std::exchange(other.close_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle();

  Id get() const { return id_; }

 private:
  Id id_ = -1;
  Close close_ = nullptr;
};

// Switches off HDF5's own printing of errors in this thread, and its clean-up at exit.
void silence_hdf5();

// The innermost message of the HDF5 call that has just failed in this thread, on one line and with
// the operating system's reason where there is one: "No space left on device".
std::string hdf5_message();

// Throws Error("<where>: <what> (<HDF5's reason>)").
[[noreturn]] void throw_hdf5(std::string_view where, std::string_view what);

// Runs one HDF5 call and returns its result; a negative one is HDF5's sign of failure and throws.
//   const Handle space(call(where, "cannot open", [&] { return H5Dget_space(id); }), H5Sclose);
template <class Call>
auto call(std::string_view where, std::string_view what, Call&& function) {
  silence_hdf5();
  const auto result = function();
  if (result < 0) throw_hdf5(where, what);
  return result;
}

}  // namespace strang::store
