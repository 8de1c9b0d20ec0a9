#pragma once

#include <string>
#include <string_view>

namespace strang::config {

// Names for a message: "a, b, c".
template <class Names>
std::string comma_list(const Names& names, std::string_view separator = ", ") {
  std::string list;
  for (const auto& name : names) {
    if (!list.empty()) list += separator;
    list += name;
  }
  return list;
}

}  // namespace strang::config
