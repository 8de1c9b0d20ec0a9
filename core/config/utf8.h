#pragma once

#include <string>
#include <string_view>

namespace strang::config {

// UTF-8 text as code points, and back. A byte that starts no valid sequence becomes U+FFFD.
std::u32string to_code_points(std::string_view text);
// Offset of the first byte that starts no valid sequence; npos when the text is valid UTF-8.
std::size_t first_invalid_byte(std::string_view text);
void append_utf8(std::string& out, char32_t code_point);

}  // namespace strang::config
