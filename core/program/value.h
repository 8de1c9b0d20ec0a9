#pragma once

#include <string>
#include <vector>

#include "core/program/block.h"

namespace strang {

// What occupies memory while a program runs: a materialised state, an evaluation, a noise draw.
using AtomId = int;
// A per-sample number [batch] of a running program.
using RegisterId = int;
// A coefficient that is free until a fit or a file gives it a value.
using FreeId = int;
inline constexpr int none = -1;

// coefficient * (register) * (free coefficient) * atom.
struct Term {
  AtomId atom = none;
  RegisterId factor = none;  // multiplies the coefficient row by row; none: 1
  FreeId free = none;        // multiplies the coefficient; none: 1
  Block coefficient;
  Block magnitude;  // sum of the absolute values that went into the coefficient
};

// A symbolic linear form in atoms. Arithmetic on values is bookkeeping: memory is read and written
// only where a program is told to store, evaluate or reach a grid node.
//
// Terms are kept in the order of their atoms. A value may be undefined (a view that does not exist,
// such as the noise view where the noise level is zero): using it throws the reason.
class Value {
 public:
  Value() = default;
  // The atom itself, on a state with `slots` slots.
  Value(AtomId atom, int slots);
  static Value undefined(std::string reason);

  // The terms, without those whose coefficient cancelled to rounding: |sum c| <= 8 eps sum |c|.
  std::vector<Term> terms() const;
  bool is_defined() const { return reason_.empty(); }
  // Throws Error with the reason when undefined.
  void require_defined() const;
  // The atom when the value is exactly one atom with coefficient one, else `none`.
  AtomId as_atom() const;

  Value& operator+=(const Value& other);
  Value& operator-=(const Value& other);

  // The value with every term replaced; terms that come to share a key are added up.
  template <class F>
  Value map(F f) const {
    Value result;
    result.reason_ = reason_;
    for (const Term& term : terms_) result.add(f(term));
    return result;
  }

 private:
  void add(const Term& term);

  std::vector<Term> terms_;  // sorted by (atom, factor, free), one term each
  std::string reason_;
};

Value operator+(Value a, const Value& b);
Value operator-(Value a, const Value& b);
Value operator-(const Value& a);
Value operator*(const Block& block, const Value& value);
Value operator*(double factor, const Value& value);
Value operator*(const Value& value, double factor);
Value operator/(const Value& value, double divisor);

}  // namespace strang
