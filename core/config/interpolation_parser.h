#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/config/node.h"

namespace strang::config {

// A text with `${...}` in it, parsed:
//   ${a.b[0].c}  ${.sibling}  ${..uncle}     a reference; leading dots climb from the text's own
//   place
//   ${name:arg, arg}                         a call of a resolver; arguments are values as in
//   override
//                                            lines, may be quoted, and may hold interpolations
//   \${a}                                    the characters ${a}; \\${a} is a backslash and a
//   reference
struct Expression {
  struct Reference {
    int dots = 0;
    std::vector<Expression> keys;  // each a text, or an interpolation that names the key
  };
  struct Call {
    std::vector<Expression> name;  // pieces of the resolver's name
    std::vector<Expression> arguments;
  };
  struct Joined {  // the pieces as text, one behind the other: always a string
    std::vector<Expression> pieces;
  };
  struct List {
    std::vector<Expression> items;
  };
  struct Dict {
    std::vector<std::pair<Key, Expression>> entries;
  };

  std::variant<Node, Reference, Call, Joined, List, Dict> form = Node{};
};

// Parses a string value. Throws UsageError with the text and the column.
Expression parse_interpolation(const std::string& text);

// Parses one element as it would stand among the arguments of a call.
Expression parse_element(const std::string& text);

}  // namespace strang::config
