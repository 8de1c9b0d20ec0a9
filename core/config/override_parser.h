#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/override.h"

namespace strang::config {

// Parses one override line. The grammar is Hydra's:
//
//   line      = [ "+" | "++" | "~" ] key [ "=" [ value ] ]          (only "~key" may lack "=")
//   key       = ( name | dotted | name "/" name ... ) [ "@" package ]
//   value     = element { "," element }                             (several: a simple sweep)
//   element   = primitive | list | dict | function
//   list      = "[" [ element { "," element } ] "]"
//   dict      = "{" [ primitive ":" element { "," ... } ] "}"
//   function  = name "(" [ [ name "=" ] element { "," ... } ] ")"
//   primitive = quoted | words                                      (see word_lexer.h)
//
// Functions: see sweep_functions.h. A list that is shuffled while it is parsed takes its order from
// `seed`. Throws UsageError with the line and a caret at the column.
Override parse_override(const std::string& line, std::uint64_t seed = 0);
std::vector<Override> parse_overrides(const std::vector<std::string>& lines,
                                      std::uint64_t seed = 0);

// A value as it would stand behind "key=": for options given as text. It must hold no sweep.
Node parse_value(const std::string& text);

}  // namespace strang::config
