#pragma once

#include <span>
#include <string>
#include <vector>

namespace strang {

// Arithmetic in named numbers, as options give it: "-1 / sqrt(k_xx + 0.25)". Numbers, names,
// + - * / ^, parentheses, sqrt, exp, log; ^ binds tightest and to the right, then the sign.
class Formula {
 public:
  // `where` names the option in messages. Throws UsageError with a caret at the column, and with
  // the nearest names for an unknown one.
  Formula(const std::string& text, const std::vector<std::string>& names, const std::string& where);

  // `values` in the order of the names.
  double operator()(std::span<const double> values) const;
  bool uses(std::size_t name) const;

  struct Operation {
    enum class Kind {
      number,
      name,
      add,
      subtract,
      multiply,
      divide,
      power,
      negate,
      sqrt,
      exp,
      log
    };
    Kind kind;
    double number = 0;
    std::size_t name = 0;
  };

 private:
  std::vector<Operation> operations_;  // in postfix order
};

}  // namespace strang
