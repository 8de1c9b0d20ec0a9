#include "core/store/object.h"

#include <hdf5.h>

#include <type_traits>

#include "core/error.h"
#include "core/store/file_state.h"

namespace strang::store {
namespace {

template <class T>
constexpr bool is_vector = false;
template <class T>
constexpr bool is_vector<std::vector<T>> = true;

template <class T>
std::string kind() {
  if constexpr (is_vector<T>)
    return "list of " + kind<typename T::value_type>();
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return "integer";
  else if constexpr (std::is_same_v<T, double>)
    return "float";
  else
    return "string";
}

// What dimension scales are made of is no attribute to a user; Dataset::axes says what it means.
bool is_internal(std::string_view name) {
  return name == "CLASS" || name == "NAME" || name == "DIMENSION_LIST" ||
         name == "DIMENSION_LABELS" || name == "REFERENCE_LIST";
}

herr_t add_name(hid_t, const char* name, const H5A_info_t*, void* names) {
  if (is_internal(name)) return 0;
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

// The value as T, or nothing where that would lose more than rounding.
template <class T, class Stored>
const T* converted(const Stored& value, T& storage) {
  if constexpr (std::is_same_v<T, Stored>) {
    storage = value;
  } else if constexpr (is_vector<T> && is_vector<Stored>) {
    for (const auto& element : value) {
      typename T::value_type one;
      if (!converted(element, one)) return nullptr;
      storage.push_back(one);
    }
  } else if constexpr (is_vector<T>) {
    typename T::value_type one;
    if (!converted(value, one)) return nullptr;
    storage.push_back(one);
  } else if constexpr (is_vector<Stored>) {
    return value.size() == 1 ? converted(value.front(), storage) : nullptr;
  } else if constexpr (std::is_same_v<T, double> && std::is_same_v<Stored, std::int64_t>) {
    storage = static_cast<double>(value);
  } else {
    return nullptr;
  }
  return &storage;
}

}  // namespace

Object::Object(std::shared_ptr<FileState> file, Handle handle, std::string path)
    : file_(std::move(file)), handle_(std::move(handle)), path_(std::move(path)) {}

std::string Object::where() const { return fmt::format("{}: {}", file_->path().string(), path_); }

bool Object::has_attribute(std::string_view name) const {
  const std::string text(name);
  return call(where(), "cannot look up an attribute",
              [&] { return H5Aexists(id(), text.c_str()); }) > 0;
}

std::vector<std::string> Object::attribute_names() const {
  std::vector<std::string> names;
  call(where(), "cannot list the attributes",
       [&] { return H5Aiterate2(id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, add_name, &names); });
  return names;
}

Attribute Object::attribute(std::string_view name) const {
  const std::string text(name);
  const std::vector<std::string> names = attribute_names();
  require(has_attribute(name), "{}: no attribute '{}'; there are: {}{}", where(), name,
          names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")),
          did_you_mean(name, names));
  return read_attribute(where(), id(), text);
}

template <class T>
T Object::attribute(std::string_view name) const {
  const Attribute stored = attribute(name);
  return std::visit(
      [&]<class Stored>(const Stored& value) {
        T result{};
        require(converted(value, result) != nullptr, "{}: attribute '{}': found {}, expected {}",
                where(), name, kind<Stored>(), kind<T>());
        return result;
      },
      stored);
}

template std::int64_t Object::attribute(std::string_view) const;
template double Object::attribute(std::string_view) const;
template std::string Object::attribute(std::string_view) const;
template std::vector<std::int64_t> Object::attribute(std::string_view) const;
template std::vector<double> Object::attribute(std::string_view) const;
template std::vector<std::string> Object::attribute(std::string_view) const;

void Object::set_attribute(std::string_view name, const Attribute& value) {
  write_attribute(where(), id(), std::string(name), value);
}

void Object::set_flag(std::string_view name, bool value) {
  write_flag(where(), id(), std::string(name), value);
}

}  // namespace strang::store
