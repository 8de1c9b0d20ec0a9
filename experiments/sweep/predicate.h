#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/config/node.h"

namespace strang {

// A condition on a configuration, as in `sweep.where`:
//
//   condition  = conjunction { "or" conjunction }
//   conjunction = negation { "and" negation }
//   negation   = "not" negation | "(" condition ")" | comparison
//   comparison = key [ ("==" | "!=" | "<" | "<=" | ">" | ">=") value | ["not"] "in" "[" value, ...
//   "]" ] value      = number | true | false | null | word | 'text' | "text" | ${key}
//
// A key is a dotted path; a group stands for its option (`integrator == heun`). A key alone must be
// true or false. Numbers compare by value (8 == 8.0); `<` takes two numbers or two texts.
class Predicate {
 public:
  // Throws UsageError with a caret at the column.
  explicit Predicate(const std::string& text);

  // `config` has no interpolations. Throws UsageError for an unknown key, with the nearest names,
  // and for values that do not compare.
  bool holds(const config::Node& config, const config::Node& choices) const;

  struct Term;

 private:
  std::string text_;
  std::shared_ptr<const Term> root_;
};

}  // namespace strang
