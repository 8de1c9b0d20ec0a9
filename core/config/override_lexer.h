#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config/word_lexer.h"

namespace strang::config {

// Tokens of an override line. Up to the first `=` the line is a key, behind it a value.
enum class Token {
  // in keys
  tilde,
  plus,
  at,
  slash,
  id,
  special_id,
  dotted,
  // in values
  word,
  quoted,
  interpolation,
  comma,
  paren_open,
  paren_close,
  bracket_open,
  bracket_close,
  brace_open,
  brace_close,
  // in both
  colon,
  equal,
  end
};

struct Lexeme {
  Token token = Token::end;
  std::size_t begin = 0;   // offset in the line
  std::string_view text;   // with the blanks that belong to it
  Word word = Word::none;  // of a word
};

// Tokens of a whole line, `end` last. Throws UsageError that points at a character no token starts
// with.
std::vector<Lexeme> lex_override(std::string_view line);

// The message, the line and a caret below column `at` (an offset in bytes).
[[noreturn]] void fail_at(std::string_view line, std::size_t at, std::string_view message);

// Name of a token for messages: "','", "end of the line".
std::string_view describe(Token token);

}  // namespace strang::config
