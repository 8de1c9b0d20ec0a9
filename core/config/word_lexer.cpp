#include "core/config/word_lexer.h"

#include <algorithm>
#include <utility>

#include "core/config/number_text.h"

namespace strang::config {
namespace {

constexpr std::string_view symbols = "/-\\+.$%*@?|";
constexpr std::string_view escapable = "\\()[]{}:=, \t";

char at_or_nul(std::string_view text, std::size_t at) { return at < text.size() ? text[at] : '\0'; }

// Digits with single underscores between them.
std::size_t match_digits(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (is_digit(at_or_nul(text, end)) ||
         (end > at && text.substr(end, 1) == "_" && is_digit(at_or_nul(text, end + 1))))
    ++end;
  return end - at;
}

std::size_t match_unsigned(std::string_view text, std::size_t at) {
  if (at_or_nul(text, at) == '0') return 1;
  return match_digits(text, at);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y; });
}

std::size_t match_keyword(std::string_view text, std::size_t at, std::string_view word) {
  return equal_ignoring_case(text.substr(at, word.size()), word) ? word.size() : 0;
}

std::size_t match_exponent(std::string_view text, std::size_t at) {
  if (at_or_nul(text, at) != 'e' && at_or_nul(text, at) != 'E') return 0;
  const char sign = at_or_nul(text, at + 1);
  const std::size_t digits_at = at + (sign == '+' || sign == '-' ? 2 : 1);
  const std::size_t digits = match_digits(text, digits_at);
  return digits == 0 ? 0 : digits_at + digits - at;
}

// Length of a float that starts at `at`, without a sign; 0 when none does.
std::size_t match_unsigned_float(std::string_view text, std::size_t at) {
  const std::size_t keyword = match_keyword(text, at, "inf") + match_keyword(text, at, "nan");
  if (keyword > 0) return keyword;
  const std::size_t whole = match_unsigned(text, at);
  std::size_t point = 0;
  if (at_or_nul(text, at + whole) == '.') {
    const std::size_t fraction = match_digits(text, at + whole + 1);
    if (whole + fraction > 0) point = whole + 1 + fraction;
  }
  const std::size_t mantissa = std::max(point, whole);
  const std::size_t exponent = mantissa > 0 ? match_exponent(text, at + mantissa) : 0;
  return exponent > 0 ? mantissa + exponent : point;
}

std::size_t match_id(std::string_view text, std::size_t at) {
  if (!is_letter(at_or_nul(text, at)) && at_or_nul(text, at) != '_') return 0;
  std::size_t end = at;
  while (is_letter(at_or_nul(text, end)) || is_digit(at_or_nul(text, end)) ||
         at_or_nul(text, end) == '_' || at_or_nul(text, end) == '-')
    ++end;
  return end - at;
}

std::size_t match_escape(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end + 1 < text.size() && text[end] == '\\' &&
         escapable.find(text[end + 1]) != std::string_view::npos)
    end += 2;
  return end - at;
}

std::size_t match_blank(std::string_view text, std::size_t at) {
  const auto end = std::min(text.find_first_not_of(" \t", at), text.size());
  return end - at;
}

std::string without_underscores(std::string_view text) {
  std::string plain(text);
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  return plain;
}

Node::Value text_value(std::string text) {
  if (text == "???") return Missing{};
  return text;
}

}  // namespace

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

WordMatch match_word(std::string_view text, std::size_t at) {
  const std::size_t sign = at_or_nul(text, at) == '+' || at_or_nul(text, at) == '-' ? 1 : 0;
  const auto with_sign = [&](std::size_t length) { return length == 0 ? 0 : sign + length; };
  const std::pair<Word, std::size_t> candidates[] = {
      {Word::floating, with_sign(match_unsigned_float(text, at + sign))},
      {Word::integer, with_sign(match_unsigned(text, at + sign))},
      {Word::boolean, match_keyword(text, at, "true") + match_keyword(text, at, "false")},
      {Word::null, match_keyword(text, at, "null")},
      {Word::symbol, at < text.size() && symbols.find(text[at]) != std::string_view::npos ? 1 : 0},
      {Word::id, match_id(text, at)},
      {Word::escape, match_escape(text, at)},
      {Word::blank, match_blank(text, at)}};
  WordMatch best;
  for (const auto& [kind, length] : candidates)
    if (length > best.length) best = {kind, length};
  return best;
}

std::string piece_text(const Piece& piece) {
  if (piece.kind != Word::escape) return std::string(piece.text);
  std::string text;
  for (std::size_t i = 1; i < piece.text.size(); i += 2) text += piece.text[i];
  return text;
}

Node::Value word_value(std::vector<Piece> pieces, bool trim) {
  if (trim && !pieces.empty() && pieces.front().kind == Word::blank) pieces.erase(pieces.begin());
  if (trim && !pieces.empty() && pieces.back().kind == Word::blank) pieces.pop_back();
  if (pieces.size() == 1) {
    const std::string_view text = pieces[0].text;
    switch (pieces[0].kind) {
      case Word::integer:
        return checked_int(without_underscores(text));
      case Word::floating:
        return text_to_float(without_underscores(text)).value();
      case Word::boolean:
        return text.size() == 4;  // "true"
      case Word::null:
        return Null{};
      default:
        break;
    }
  }
  std::string text;
  for (const Piece& piece : pieces) text += piece_text(piece);
  return text_value(std::move(text));
}

}  // namespace strang::config
