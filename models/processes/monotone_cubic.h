#pragma once

#include <vector>

namespace strang {

// A monotone interpolant through values y_0 < y_1 < ... at x = 0, 1, 2, ...: piecewise linear, or
// the cubic spline with its slopes limited to what keeps it monotone (Fritsch & Carlson 1980: at
// most three times the smaller neighbouring difference). Where the limit does not act, which is
// everywhere for smooth data, second derivatives are continuous. Beyond the ends it goes on along
// its tangents.
class MonotoneCubic {
 public:
  MonotoneCubic(std::vector<double> values, bool linear);

  double value(double x) const;
  double slope(double x) const;
  // value(x) = y, to rounding; y may lie beyond the ends.
  double inverse(double y) const;
  // value(b) - value(a) without cancellation when both lie in one piece.
  double difference(double a, double b) const;

 private:
  // The piece that holds x, as a polynomial in the distance from its left node.
  struct Piece {
    double left, y, c1, c2, c3;  // y + d (c1 + d (c2 + d c3))
    double value(double x) const { return y + rise(x - left); }
    double slope(double x) const;
    double rise(double d) const { return d * (c1 + d * (c2 + d * c3)); }
  };
  Piece piece(double x) const;
  Piece piece_of_node(std::ptrdiff_t node) const;

  std::vector<double> values_, slopes_;
  bool linear_;
};

}  // namespace strang
