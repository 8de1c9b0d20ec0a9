#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/store/handle.h"

namespace strang::store {

// The value of an attribute. Integers and booleans of any width are read as int64, floats as
// double, strings (fixed or variable length) as UTF-8. A one-dimensional attribute is a vector.
using Attribute = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>,
                               std::vector<double>, std::vector<std::string>>;

// The attribute `name` of `object`, which has it. Throws UsageError("<where>: ...") if it is
// neither numbers nor strings.
Attribute read_attribute(const std::string& where, Id object, const std::string& name);

// Writes or replaces.
void write_attribute(const std::string& where, Id object, const std::string& name,
                     const Attribute& value);
void write_flag(const std::string& where, Id object, const std::string& name, bool value);

}  // namespace strang::store
