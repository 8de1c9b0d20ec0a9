#include "core/program/value.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "core/error.h"

namespace strang {
namespace {

auto key(const Term& term) { return std::tuple(term.atom, term.factor, term.free); }

// Entries that cancelled to rounding become exact zeros.
Block without_cancelled(const Term& term) {
  constexpr double threshold = 8 * std::numeric_limits<double>::epsilon();
  Block block = term.coefficient;
  for (int r = 0; r < block.slots(); ++r)
    for (int c = 0; c < block.slots(); ++c)
      if (std::abs(block(r, c)) <= threshold * term.magnitude(r, c)) block(r, c) = 0;
  return block;
}

}  // namespace

Value::Value(AtomId atom, int slots) {
  terms_.push_back(
      {.atom = atom, .coefficient = Block::identity(slots), .magnitude = Block::identity(slots)});
}

Value Value::undefined(std::string reason) {
  Value value;
  value.reason_ = std::move(reason);
  return value;
}

void Value::require_defined() const {
  if (!is_defined()) throw UsageError(reason_);
}

std::vector<Term> Value::terms() const {
  require_defined();
  std::vector<Term> kept;
  for (Term term : terms_) {
    term.coefficient = without_cancelled(term);
    if (!term.coefficient.is_zero()) kept.push_back(term);
  }
  return kept;
}

AtomId Value::as_atom() const {
  const std::vector<Term> kept = terms();
  const bool plain = kept.size() == 1 && kept[0].factor == none && kept[0].free == none &&
                     kept[0].coefficient.is_identity();
  return plain ? kept[0].atom : none;
}

void Value::add(const Term& term) {
  const auto place = std::lower_bound(terms_.begin(), terms_.end(), term,
                                      [](const Term& a, const Term& b) { return key(a) < key(b); });
  if (place == terms_.end() || key(*place) != key(term)) {
    terms_.insert(place, term);
    return;
  }
  place->coefficient = place->coefficient + term.coefficient;
  place->magnitude = place->magnitude + term.magnitude;
}

Value& Value::operator+=(const Value& other) {
  if (is_defined()) reason_ = other.reason_;
  for (const Term& term : other.terms_) add(term);
  return *this;
}

Value& Value::operator-=(const Value& other) { return *this += -other; }

Value operator+(Value a, const Value& b) { return a += b; }
Value operator-(Value a, const Value& b) { return a -= b; }
Value operator-(const Value& a) { return -1.0 * a; }

Value operator*(const Block& block, const Value& value) {
  return value.map([&](Term term) {
    term.coefficient = block * term.coefficient;
    term.magnitude = block.abs() * term.magnitude;
    return term;
  });
}

Value operator*(double factor, const Value& value) {
  return value.map([&](Term term) {
    term.coefficient = factor * term.coefficient;
    term.magnitude = std::abs(factor) * term.magnitude;
    return term;
  });
}

Value operator*(const Value& value, double factor) { return factor * value; }

Value operator/(const Value& value, double divisor) {
  return value.map([&](Term term) {
    term.coefficient = term.coefficient / divisor;
    term.magnitude = term.magnitude / std::abs(divisor);
    return term;
  });
}

}  // namespace strang
