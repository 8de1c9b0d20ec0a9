#include "core/config/utf8.h"

namespace strang::config {
namespace {

constexpr char32_t replacement_point = 0xFFFD;

int sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// Smallest code point that needs a sequence of that length.
constexpr char32_t smallest_point[] = {0, 0, 0x80, 0x800, 0x10000};

struct Decoded {
  char32_t point = replacement_point;
  std::size_t length = 1;
  bool valid = false;
};

Decoded decode(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const auto length = static_cast<std::size_t>(sequence_length(lead));
  if (length == 0 || at + length > text.size()) return {};
  char32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) return {replacement_point, i, false};
    point = (point << 6) | (next & 0x3F);
  }
  const bool surrogate = point >= 0xD800 && point < 0xE000;
  if (point < smallest_point[length] || surrogate || point > 0x10FFFF)
    return {replacement_point, length, false};
  return {point, length, true};
}

}  // namespace

std::u32string to_code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode(text, at);
    points += next.point;
    at += next.length;
  }
  return points;
}

std::size_t first_invalid_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode(text, at);
    if (!next.valid) return at;
    at += next.length;
  }
  return std::string_view::npos;
}

void append_utf8(std::string& out, char32_t point) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    tail(12), tail(6), tail(0);
  }
}

}  // namespace strang::config
