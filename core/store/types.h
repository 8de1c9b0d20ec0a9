#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/array.h"
#include "core/store/handle.h"

namespace strang::store {

// The HDF5 type of an element in memory and in a file (little-endian); owned by the library.
Id memory_type(ElementType type);
Id stored_type(ElementType type);

// Variable-length UTF-8, the string that h5py and netCDF4 write.
Handle string_type();

// "float64", "int16", "uint8", "bool", "string", "compound", ...
std::string type_name(Id type);

bool is_string(Id type);
bool is_float(Id type);
bool is_integer(Id type);  // booleans included

// Whether numbers of type `from` become `to` with no more loss than rounding to a float.
bool converts(Id from, Id to);

// Throws UsageError if `count` elements of `type`, which are claimed to be stored in the file of
// `object`, are more than the file: a damaged shape must not become an allocation.
void check_fits(std::string_view where, Id object, Id type, std::int64_t count);

// Reads the strings of one dataset or attribute whose stored type and extent are given. `read` is
// called once with the memory type and the buffer and returns HDF5's status.
std::vector<std::string> read_strings(std::string_view where, Id type, Id space,
                                      const std::function<int(Id, void*)>& read);

// The C strings of `values`, as a write of string_type() takes them.
std::vector<const char*> c_strings(const std::vector<std::string>& values);

}  // namespace strang::store
