#include "core/store/types.h"

#include <hdf5.h>

#include <algorithm>

#include "core/error.h"

namespace strang::store {
namespace {

// What an array of strings of fixed length (NumPy's 'S') holds, without its padding.
std::string trimmed(const char* text, std::size_t length, H5T_str_t padding) {
  std::string_view view(text, length);
  view = view.substr(0, view.find('\0'));
  if (padding == H5T_STR_SPACEPAD) view = view.substr(0, view.find_last_not_of(' ') + 1);
  return std::string(view);
}

std::string integer_name(Id type) {
  return fmt::format("{}int{}", H5Tget_sign(type) == H5T_SGN_NONE ? "u" : "",
                     8 * H5Tget_size(type));
}

}  // namespace

Id memory_type(ElementType type) {
  switch (type) {
    case ElementType::float32:
      return H5T_NATIVE_FLOAT;
    case ElementType::float64:
      return H5T_NATIVE_DOUBLE;
    case ElementType::int64:
      return H5T_NATIVE_INT64;
    case ElementType::int32:
      return H5T_NATIVE_INT32;
    case ElementType::uint8:
      return H5T_NATIVE_UINT8;
  }
  return -1;
}

Id stored_type(ElementType type) {
  switch (type) {
    case ElementType::float32:
      return H5T_IEEE_F32LE;
    case ElementType::float64:
      return H5T_IEEE_F64LE;
    case ElementType::int64:
      return H5T_STD_I64LE;
    case ElementType::int32:
      return H5T_STD_I32LE;
    case ElementType::uint8:
      return H5T_STD_U8LE;
  }
  return -1;
}

Handle string_type() {
  Handle type(call("string type", "cannot create", [] { return H5Tcopy(H5T_C_S1); }), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  return type;
}

std::string type_name(Id type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return integer_name(type);
    case H5T_FLOAT:
      return fmt::format("float{}", 8 * H5Tget_size(type));
    case H5T_STRING:
      return "string";
    case H5T_ENUM:
      return H5Tget_nmembers(type) == 2 ? "bool" : "enumeration";
    case H5T_COMPOUND:
      return "compound";
    case H5T_VLEN:
      return "variable-length array";
    case H5T_REFERENCE:
      return "reference";
    default:
      return "another type";
  }
}

bool is_string(Id type) { return H5Tget_class(type) == H5T_STRING; }
bool is_float(Id type) { return H5Tget_class(type) == H5T_FLOAT; }
bool is_integer(Id type) {
  return H5Tget_class(type) == H5T_INTEGER || H5Tget_class(type) == H5T_ENUM;
}

bool converts(Id from, Id to) {
  if (is_float(to)) return is_float(from) || is_integer(from);
  if (!is_integer(to) || !is_integer(from)) return false;
  if (H5Tget_class(from) == H5T_ENUM) return true;
  const bool from_signed = H5Tget_sign(from) != H5T_SGN_NONE;
  const bool to_signed = H5Tget_sign(to) != H5T_SGN_NONE;
  if (from_signed == to_signed) return H5Tget_size(from) <= H5Tget_size(to);
  return to_signed && H5Tget_size(from) < H5Tget_size(to);
}

void check_fits(std::string_view where, Id object, Id type, std::int64_t count) {
  const Handle file(call(where, "no file", [&] { return H5Iget_file_id(object); }), H5Fclose);
  hsize_t size = 0;
  call(where, "unknown file size", [&] { return H5Fget_filesize(file.get(), &size); });
  const std::size_t element = std::max<std::size_t>(H5Tget_size(type), 1);
  require(count >= 0 && static_cast<hsize_t>(count) <= size / element,
          "{}: the file is damaged: it claims {} elements of {} bytes and has {} bytes", where,
          count, element, size);
}

std::vector<std::string> read_strings(std::string_view where, Id type, Id space,
                                      const std::function<int(Id, void*)>& read) {
  const auto count = static_cast<std::size_t>(
      call(where, "cannot read the shape", [&] { return H5Sget_simple_extent_npoints(space); }));
  std::vector<std::string> values;
  if (count == 0) return values;
  // A copy of the stored type keeps its character set: HDF5 does not convert between two.
  const Handle memory(call(where, "cannot read the type", [&] { return H5Tcopy(type); }), H5Tclose);
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> buffer(count, nullptr);
    call(where, "cannot read", [&] { return read(memory.get(), buffer.data()); });
    for (const char* text : buffer) values.emplace_back(text ? text : "");
    H5Dvlen_reclaim(memory.get(), space, H5P_DEFAULT, buffer.data());
  } else {
    const std::size_t length = H5Tget_size(type);
    std::vector<char> buffer(count * length);
    call(where, "cannot read", [&] { return read(memory.get(), buffer.data()); });
    for (std::size_t i = 0; i < count; ++i)
      values.push_back(trimmed(buffer.data() + i * length, length, H5Tget_strpad(type)));
  }
  return values;
}

std::vector<const char*> c_strings(const std::vector<std::string>& values) {
  std::vector<const char*> pointers;
  pointers.reserve(values.size());
  for (const std::string& value : values) pointers.push_back(value.c_str());
  return pointers;
}

}  // namespace strang::store
