#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace strang::config {

// Value of the quoted YAML scalar that starts at `text[begin]`; nothing when none starts there. The
// text must be well-formed. (yaml-cpp loses line breaks at the end of such a scalar, does not know
// the Unicode line separators, and writes `\N` and `\_` as bytes that are no UTF-8.)
std::optional<std::string> quoted_scalar(std::string_view text, std::size_t begin);

}  // namespace strang::config
