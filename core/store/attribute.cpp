#include "core/store/attribute.h"

#include <hdf5.h>

#include "core/error.h"
#include "core/store/array.h"
#include "core/store/types.h"

namespace strang::store {
namespace {

template <class T>
Attribute read_numbers(const std::string& where, Id attribute, Id type, std::int64_t count,
                       bool single) {
  std::vector<T> values(static_cast<std::size_t>(count));
  if (count > 0)
    call(where, "cannot read", [&] { return H5Aread(attribute, type, values.data()); });
  if (single) return values.at(0);
  return values;
}

Handle make_space(const std::string& where, std::int64_t count, bool single) {
  const auto length = static_cast<hsize_t>(count);
  const auto create = [&] {
    return single ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &length, nullptr);
  };
  return {call(where, "cannot describe", create), H5Sclose};
}

// What a write needs to know of a value.
struct Source {
  Id stored;
  Id memory;
  std::int64_t count;
  bool single;
  const void* data;
};

void write(const std::string& where, Id object, const std::string& name, const Source& source) {
  const std::string failure = fmt::format("cannot write attribute '{}'", name);
  if (call(where, failure, [&] { return H5Aexists(object, name.c_str()); }) > 0)
    call(where, failure, [&] { return H5Adelete(object, name.c_str()); });
  const Handle space = make_space(where, source.count, source.single);
  const auto create = [&] {
    return H5Acreate2(object, name.c_str(), source.stored, space.get(), H5P_DEFAULT, H5P_DEFAULT);
  };
  const Handle attribute(call(where, failure, create), H5Aclose);
  if (source.count > 0)
    call(where, failure, [&] { return H5Awrite(attribute.get(), source.memory, source.data); });
}

template <class T>
void write_numbers(const std::string& where, Id object, const std::string& name, const T* data,
                   std::int64_t count, bool single) {
  const ElementType type = element_type<T>();
  write(where, object, name, {stored_type(type), memory_type(type), count, single, data});
}

void write_texts(const std::string& where, Id object, const std::string& name,
                 const std::vector<std::string>& values, bool single) {
  const Handle type = string_type();
  const std::vector<const char*> pointers = c_strings(values);
  write(where, object, name,
        {type.get(), type.get(), std::ssize(pointers), single, pointers.data()});
}

}  // namespace

Attribute read_attribute(const std::string& where, Id object, const std::string& name) {
  const std::string place = fmt::format("{}: attribute '{}'", where, name);
  const Handle attribute(
      call(place, "cannot open", [&] { return H5Aopen(object, name.c_str(), H5P_DEFAULT); }),
      H5Aclose);
  const Id id = attribute.get();
  const Handle type(call(place, "no type", [&] { return H5Aget_type(id); }), H5Tclose);
  const Handle space(call(place, "no shape", [&] { return H5Aget_space(id); }), H5Sclose);
  const std::int64_t count =
      call(place, "no shape", [&] { return H5Sget_simple_extent_npoints(space.get()); });
  check_fits(place, object, type.get(), count);
  const bool single = H5Sget_simple_extent_type(space.get()) == H5S_SCALAR;
  if (is_string(type.get())) {
    const auto read = [&](Id memory, void* data) { return H5Aread(id, memory, data); };
    const auto values = read_strings(place, type.get(), space.get(), read);
    if (single) return values.at(0);
    return values;
  }
  if (is_integer(type.get()))
    return read_numbers<std::int64_t>(place, id, H5T_NATIVE_INT64, count, single);
  require(is_float(type.get()), "{}: found {}, allowed are numbers and strings", place,
          type_name(type.get()));
  return read_numbers<double>(place, id, H5T_NATIVE_DOUBLE, count, single);
}

void write_attribute(const std::string& where, Id object, const std::string& name,
                     const Attribute& value) {
  silence_hdf5();
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    write_numbers(where, object, name, integer, 1, true);
  else if (const auto* number = std::get_if<double>(&value))
    write_numbers(where, object, name, number, 1, true);
  else if (const auto* text = std::get_if<std::string>(&value))
    write_texts(where, object, name, {*text}, true);
  else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value))
    write_numbers(where, object, name, integers->data(), std::ssize(*integers), false);
  else if (const auto* numbers = std::get_if<std::vector<double>>(&value))
    write_numbers(where, object, name, numbers->data(), std::ssize(*numbers), false);
  else
    write_texts(where, object, name, std::get<std::vector<std::string>>(value), false);
}

void write_flag(const std::string& where, Id object, const std::string& name, bool value) {
  const std::uint8_t stored = value ? 1 : 0;
  write_numbers(where, object, name, &stored, 1, true);
}

}  // namespace strang::store
