#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/node.h"

namespace strang::config {

// The pieces that unquoted values are made of, in override lines and in the arguments of `${...}`.
enum class Word { none, floating, integer, boolean, null, symbol, id, escape, blank };

struct WordMatch {
  Word kind = Word::none;
  std::size_t length = 0;
};

// The longest piece that starts at `at`:
//   integer   0, -18, 1_000 (no leading zero)      floating  1., .5, -1e-3, inf, nan (any case)
//   boolean   true, False, ... (any case)          null      null, NULL, ... (any case)
//   id        letters, digits, '_' and '-', starting with a letter or '_'
//   escape    a backslash before \ ( ) [ ] { } : = , blank or tab, one or more times
//   symbol    one of / - \ + . $ % * @ ? |         blank     blanks and tabs
// Of equally long ones the first in this list.
WordMatch match_word(std::string_view text, std::size_t at);

// One piece of an unquoted value as written. `opaque` pieces (colons, interpolations) are text.
struct Piece {
  Word kind = Word::none;  // none for an opaque piece
  std::string_view text;
};

// The characters that a piece stands for: escapes undone.
std::string piece_text(const Piece& piece);

// What the pieces mean together: a lone number, boolean or null is typed, everything else is their
// text. With `trim`, a blank piece at either end does not count.
Node::Value word_value(std::vector<Piece> pieces, bool trim = true);

bool is_letter(char c);
bool is_digit(char c);

}  // namespace strang::config
