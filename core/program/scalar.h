#pragma once

#include "core/program/value.h"

namespace strang {

class Builder;

// A number for each sample that a program computes while it runs: a norm, a step size, a mask (0 or
// 1). Arithmetic on scalars emits instructions of the program; a plain double is a scalar, too.
class Scalar {
 public:
  Scalar(double literal = 0) : literal_(literal) {}  // NOLINT: numbers are scalars
  Scalar(Builder& builder, RegisterId id) : builder_(&builder), id_(id) {}

  bool is_literal() const { return builder_ == nullptr; }
  double literal() const { return literal_; }
  RegisterId id() const { return id_; }
  Builder* builder() const { return builder_; }

 private:
  Builder* builder_ = nullptr;
  RegisterId id_ = none;
  double literal_ = 0;
};

Scalar operator+(const Scalar& a, const Scalar& b);
Scalar operator-(const Scalar& a, const Scalar& b);
Scalar operator-(const Scalar& a);
Scalar operator*(const Scalar& a, const Scalar& b);
Scalar operator/(const Scalar& a, const Scalar& b);
Scalar sqrt(const Scalar& a);
Scalar abs(const Scalar& a);
Scalar square(const Scalar& a);
Scalar pow(const Scalar& base, const Scalar& exponent);
Scalar min(const Scalar& a, const Scalar& b);
Scalar max(const Scalar& a, const Scalar& b);
// Masks: 1 where the relation holds, else 0.
Scalar less(const Scalar& a, const Scalar& b);
Scalar less_equal(const Scalar& a, const Scalar& b);
// a where mask != 0, else b.
Scalar select(const Scalar& mask, const Scalar& a, const Scalar& b);

// Each sample's value times its own number.
Value operator*(const Scalar& factor, const Value& value);

}  // namespace strang
