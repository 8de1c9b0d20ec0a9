#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strang::config {

// The shortest text that reads back as the same double, with a point or an exponent so that it
// stays a float: "1.0", "0.1", "1e-05", "1e+16", "inf", "nan".
std::string float_text(double value);

// The integer or float that a free text spells: surrounding blanks, a sign, single underscores
// between digits; floats also "inf", "infinity" and "nan" in any case. Decimal digits of any script
// count. Nothing when the text spells no such number. An integer outside 64 bits: see
// `integer_out_of_range`.
std::optional<std::int64_t> text_to_int(std::string_view text);
std::optional<double> text_to_float(std::string_view text);
// True when the text spells a decimal integer, whatever its size.
bool spells_int(std::string_view text);

// Decimal integer without blanks or underscores, an optional sign first. Throws UsageError when it
// does not fit into 64 bits.
std::int64_t checked_int(std::string_view digits, int base = 10);

}  // namespace strang::config
