#include "core/config/override_lexer.h"

#include <algorithm>

#include "core/config/utf8.h"
#include "core/error.h"

namespace strang::config {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  while (at < line.size() && is_blank(line[at])) ++at;
  return at;
}

bool is_special(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '$'; }

// One part of a dotted key: an identifier (`$` allowed) or an index without leading zeros.
std::size_t match_key_part(std::string_view line, std::size_t at) {
  if (at >= line.size()) return 0;
  if (is_letter(line[at]) || line[at] == '_' || line[at] == '$') {
    std::size_t end = at;
    while (end < line.size() && is_special(line[end])) ++end;
    return end - at;
  }
  const WordMatch number = match_word(line, at);
  if (!is_digit(line[at])) return 0;
  if (number.kind == Word::integer) return number.length;
  // "1.2" is one float to match_word, but two parts here
  std::size_t end = at;
  while (end < line.size() && (is_digit(line[end]) || (line[end] == '_' && end + 1 < line.size() &&
                                                       is_digit(line[end + 1]))))
    ++end;
  return line[at] == '0' ? 1 : end - at;
}

Lexeme key_token(std::string_view line, std::size_t at) {
  const auto make = [&](Token token, std::size_t length) {
    return Lexeme{token, at, line.substr(at, length), Word::none};
  };
  switch (line[at]) {
    case '=':
      return make(Token::equal, skip_blanks(line, at + 1) - at);
    case '~':
      return make(Token::tilde, 1);
    case '+':
      return make(Token::plus, 1);
    case '@':
      return make(Token::at, 1);
    case ':':
      return make(Token::colon, 1);
    case '/':
      return make(Token::slash, 1);
    default:
      break;
  }
  const std::size_t first = match_key_part(line, at);
  std::size_t end = at + first;
  while (first > 0 && end < line.size() && line[end] == '.') {
    const std::size_t part = match_key_part(line, end + 1);
    if (part == 0) break;
    end += 1 + part;
  }
  if (end > at + first) return make(Token::dotted, end - at);
  if (first == 0 || is_digit(line[at]))
    fail_at(line, at, fmt::format("'{}' cannot stand in a key here", line.substr(at, 1)));
  const bool plain = line.substr(at, first).find('$') == std::string_view::npos;
  return make(plain ? Token::id : Token::special_id, first);
}

// Closing quote of the quoted string that starts at `at`, or npos. A quote behind an odd number of
// backslashes belongs to the text.
std::size_t closing_quote(std::string_view line, std::size_t at) {
  std::size_t backslashes = 0;
  for (std::size_t i = at + 1; i < line.size(); ++i) {
    if (line[i] == line[at] && backslashes % 2 == 0) return i;
    backslashes = line[i] == '\\' ? backslashes + 1 : 0;
  }
  return std::string_view::npos;
}

// A separator takes the blanks around it: both sides, only those behind, or only those before it.
Lexeme separator(std::string_view line, std::size_t at) {
  const std::size_t mark = skip_blanks(line, at);
  if (mark >= line.size()) return {};
  const auto make = [&](Token token, bool before, bool behind) {
    if (mark > at && !before) return Lexeme{};
    const std::size_t end = behind ? skip_blanks(line, mark + 1) : mark + 1;
    return Lexeme{token, at, line.substr(at, end - at), Word::none};
  };
  switch (line[mark]) {
    case ',':
      return make(Token::comma, true, true);
    case ':':
      return make(Token::colon, true, true);
    case '=':
      return make(Token::equal, true, true);
    case '(':
      return make(Token::paren_open, true, true);
    case ')':
      return make(Token::paren_close, true, false);
    case '[':
      return make(Token::bracket_open, false, true);
    case ']':
      return make(Token::bracket_close, true, false);
    case '{':
      return make(Token::brace_open, false, true);
    case '}':
      return make(Token::brace_close, true, false);
    default:
      return {};
  }
}

Lexeme value_token(std::string_view line, std::size_t at) {
  if (const Lexeme mark = separator(line, at); mark.token != Token::end) return mark;
  if (line[at] == '\'' || line[at] == '"') {
    const std::size_t close = closing_quote(line, at);
    if (close == std::string_view::npos) fail_at(line, at, "the quote is not closed");
    return {Token::quoted, at, line.substr(at, close + 1 - at), Word::none};
  }
  if (line.substr(at, 2) == "${") {
    const std::size_t close = line.find('}', at);
    if (close != std::string_view::npos && close > at + 2)
      return {Token::interpolation, at, line.substr(at, close + 1 - at), Word::none};
  }
  const WordMatch word = match_word(line, at);
  if (word.length == 0) {
    std::string character(line.substr(at, 1));
    for (std::size_t i = at + 1; i < line.size() && (line[i] & 0xC0) == 0x80; ++i)
      character += line[i];
    fail_at(line, at, fmt::format("'{}' must be quoted in a value", character));
  }
  return {Token::word, at, line.substr(at, word.length), word.kind};
}

}  // namespace

std::vector<Lexeme> lex_override(std::string_view line) {
  std::vector<Lexeme> tokens;
  bool in_value = false;
  for (std::size_t at = 0; at < line.size();) {
    tokens.push_back(in_value ? value_token(line, at) : key_token(line, at));
    in_value |= tokens.back().token == Token::equal;
    at += tokens.back().text.size();
  }
  tokens.push_back({Token::end, line.size(), {}, Word::none});
  return tokens;
}

void fail_at(std::string_view line, std::size_t at, std::string_view message) {
  const std::size_t column = to_code_points(line.substr(0, at)).size();
  std::string shown(line);
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  throw UsageError(fmt::format("override '{}', column {}: {}\n  {}\n  {:>{}}", line, column + 1,
                               message, shown, '^', column + 1));
}

std::string_view describe(Token token) {
  switch (token) {
    case Token::tilde:
      return "'~'";
    case Token::plus:
      return "'+'";
    case Token::at:
      return "'@'";
    case Token::slash:
      return "'/'";
    case Token::id:
    case Token::special_id:
      return "a name";
    case Token::dotted:
      return "a dotted key";
    case Token::word:
      return "a word";
    case Token::quoted:
      return "a quoted string";
    case Token::interpolation:
      return "an interpolation";
    case Token::comma:
      return "','";
    case Token::paren_open:
      return "'('";
    case Token::paren_close:
      return "')'";
    case Token::bracket_open:
      return "'['";
    case Token::bracket_close:
      return "']'";
    case Token::brace_open:
      return "'{'";
    case Token::brace_close:
      return "'}'";
    case Token::colon:
      return "':'";
    case Token::equal:
      return "'='";
    case Token::end:
      break;
  }
  return "the end of the line";
}

}  // namespace strang::config
