#include "core/program/scalar.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/program/builder.h"
#include "core/program/element.h"

namespace strang {
namespace {

using Function = Compute::Function;

Builder* builder_of(const Scalar& a, const Scalar& b, const Scalar& c = {}) {
  for (const Scalar* scalar : {&a, &b, &c})
    if (!scalar->is_literal()) return scalar->builder();
  return nullptr;
}

// Emits the instruction, or computes at once when all operands are literals.
template <class F>
Scalar apply(Function function, const Scalar& a, const Scalar& b, F f) {
  Builder* builder = builder_of(a, b);
  if (builder == nullptr) return f(a.literal(), b.literal());
  return builder->compute(function, a, b);
}

}  // namespace

Scalar operator+(const Scalar& a, const Scalar& b) {
  return apply(Function::add, a, b, [](double x, double y) { return x + y; });
}
Scalar operator-(const Scalar& a, const Scalar& b) {
  return apply(Function::subtract, a, b, [](double x, double y) { return x - y; });
}
Scalar operator-(const Scalar& a) { return Scalar(-1.0) * a; }
Scalar operator*(const Scalar& a, const Scalar& b) {
  return apply(Function::multiply, a, b, [](double x, double y) { return x * y; });
}
Scalar operator/(const Scalar& a, const Scalar& b) {
  return apply(Function::divide, a, b, [](double x, double y) { return x / y; });
}
Scalar sqrt(const Scalar& a) {
  return apply(Function::sqrt, a, 0.0, [](double x, double) { return std::sqrt(x); });
}
Scalar abs(const Scalar& a) {
  return apply(Function::abs, a, 0.0, [](double x, double) { return std::abs(x); });
}
Scalar square(const Scalar& a) { return a * a; }
Scalar pow(const Scalar& base, const Scalar& exponent) {
  return apply(Function::power, base, exponent, element::power);
}
Scalar min(const Scalar& a, const Scalar& b) {
  return apply(Function::minimum, a, b, [](double x, double y) { return std::min(x, y); });
}
Scalar max(const Scalar& a, const Scalar& b) {
  return apply(Function::maximum, a, b, [](double x, double y) { return std::max(x, y); });
}
Scalar less(const Scalar& a, const Scalar& b) {
  return apply(Function::less, a, b, [](double x, double y) { return x < y ? 1.0 : 0.0; });
}
Scalar less_equal(const Scalar& a, const Scalar& b) {
  return apply(Function::less_equal, a, b, [](double x, double y) { return x <= y ? 1.0 : 0.0; });
}

Scalar select(const Scalar& mask, const Scalar& a, const Scalar& b) {
  if (mask.is_literal()) return mask.literal() != 0 ? a : b;
  return mask.builder()->compute(Function::select, mask, a, b);
}

Value operator*(const Scalar& factor, const Value& value) {
  if (factor.is_literal()) return factor.literal() * value;
  return value.map([&](Term term) {
    term.factor =
        term.factor == none ? factor.id() : (factor * Scalar(*factor.builder(), term.factor)).id();
    return term;
  });
}

}  // namespace strang
