// The kernel against the sum written out: every element in double, in the order of the operands,
// rounded once.

#include "core/program/combine.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace strang {
namespace {

// Operands of any type with values of their own.
class Inputs {
 public:
  Inputs(const Extent& extent, int count, const std::vector<Real>& types, bool with_factors)
      : extent_(extent), random_(17) {
    const std::size_t size = extent.rows * extent.slots * extent.elements;
    doubles_.resize(count);
    floats_.resize(count);
    factors_.resize(count);
    for (int m = 0; m < count; ++m) {
      for (std::size_t i = 0; i < size; ++i) {
        doubles_[m].push_back(normal_(random_));
        floats_[m].push_back(static_cast<float>(normal_(random_)));
      }
      for (std::int64_t row = 0; row < extent.rows; ++row) factors_[m].push_back(normal_(random_));
      Block coefficient = Block::zero(static_cast<int>(extent.slots));
      for (int r = 0; r < extent.slots; ++r)
        for (int c = 0; c < extent.slots; ++c)
          coefficient(r, c) = (r + 2 * c + m) % 4 == 3 ? 0 : normal_(random_);
      const Real type = types[m % types.size()];
      operands.push_back({type == Real::float64 ? static_cast<void*>(doubles_[m].data())
                                                : static_cast<void*>(floats_[m].data()),
                          type, coefficient,
                          with_factors && m % 2 == 0 ? factors_[m].data() : nullptr});
    }
  }

  double element(int m, std::size_t i) const {
    return operands[m].type == Real::float64 ? doubles_[m][i] : floats_[m][i];
  }
  template <class T>
  T* array(int m) {
    if constexpr (sizeof(T) == 8)
      return doubles_[m].data();
    else
      return floats_[m].data();
  }

  template <class T>
  std::vector<T> expected() const {
    std::vector<T> out;
    for (std::int64_t row = 0; row < extent_.rows; ++row)
      for (int r = 0; r < extent_.slots; ++r)
        for (std::int64_t i = 0; i < extent_.elements; ++i) {
          double sum = 0;
          bool first = true;
          for (std::size_t m = 0; m < operands.size(); ++m) {
            const double factor = operands[m].factors == nullptr ? 1 : operands[m].factors[row];
            for (int c = 0; c < extent_.slots; ++c) {
              if (extent_.slots > 1 && operands[m].coefficient(r, c) == 0) continue;
              const volatile double product =  // not contracted
                  factor * operands[m].coefficient(r, c) *
                  element(static_cast<int>(m), (row * extent_.slots + c) * extent_.elements + i);
              sum = first ? product : sum + product;
              first = false;
            }
          }
          out.push_back(static_cast<T>(sum));
        }
    return out;
  }

  std::vector<Operand> operands;

 private:
  Extent extent_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::vector<std::vector<double>> doubles_, factors_;
  std::vector<std::vector<float>> floats_;
};

template <class T>
void expect_same_bits(const std::vector<T>& found, const std::vector<T>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    ASSERT_EQ(std::memcmp(&found[i], &expected[i], sizeof(T)), 0)
        << "element " << i << ": " << found[i] << " " << expected[i];
}

template <class T>
constexpr Real real_of() {
  return sizeof(T) == 8 ? Real::float64 : Real::float32;
}

template <class T>
void expect_sum(const Extent& extent, int count, const std::vector<Real>& types, bool factors) {
  SCOPED_TRACE(testing::Message() << extent.rows << "x" << extent.slots << "x" << extent.elements
                                  << ", " << count << " operands");
  const Inputs inputs(extent, count, types, factors);
  std::vector<T> out(extent.rows * extent.slots * extent.elements, T(7));
  EXPECT_TRUE(combine(extent, inputs.operands, out.data(), real_of<T>()));
  expect_same_bits(out, inputs.expected<T>());
}

const std::vector<std::int64_t> sizes = {1, 3, 511, 512, 513, 1025};

TEST(combine, one_type_one_slot) {
  for (int count = 1; count <= 12; ++count)
    for (const std::int64_t size : sizes) {
      expect_sum<double>({3, 1, size}, count, {Real::float64}, false);
      expect_sum<float>({3, 1, size}, count, {Real::float32}, false);
    }
}

TEST(combine, mixed_types) {
  for (int count = 1; count <= 12; ++count)
    for (const std::int64_t size : sizes) {
      expect_sum<double>({2, 1, size}, count, {Real::float32, Real::float64}, false);
      expect_sum<float>({2, 1, size}, count, {Real::float64, Real::float32, Real::float32}, false);
    }
}

TEST(combine, factors_of_each_row) {
  for (const int count : {1, 2, 5, 8, 9, 12})
    for (const std::int64_t size : sizes) {
      expect_sum<double>({3, 1, size}, count, {Real::float64}, true);
      expect_sum<float>({3, 1, size}, count, {Real::float32, Real::float64}, true);
    }
}

TEST(combine, blocks_act_on_slots) {
  for (const int slots : {2, 3})
    for (const int count : {1, 2, 4, 5, 9, 12})
      for (const std::int64_t size : sizes) {
        expect_sum<double>({3, slots, size}, count, {Real::float64}, false);
        expect_sum<float>({3, slots, size}, count, {Real::float32, Real::float64}, true);
      }
}

TEST(combine, of_nothing_is_zero) {
  std::vector<double> out(6, 3.0);
  EXPECT_TRUE(combine({2, 1, 3}, {}, out.data(), Real::float64));
  EXPECT_EQ(out, std::vector<double>(6, 0.0));
}

TEST(combine, sizes_beyond_one_thread) {
  const int threads = at::get_num_threads();
  for (const int count : {1, 2}) {
    at::set_num_threads(count);
    expect_sum<double>({1, 1, 100001}, 3, {Real::float64}, false);
    expect_sum<float>({70, 2, 1001}, 3, {Real::float32, Real::float64}, true);
  }
  at::set_num_threads(threads);
}

template <class T>
void expect_in_place(const Extent& extent, int over) {
  Inputs inputs(extent, 4, {real_of<T>()}, true);
  const std::vector<T> expected = inputs.expected<T>();
  T* out = inputs.array<T>(over);
  EXPECT_TRUE(combine(extent, inputs.operands, out, real_of<T>()));
  expect_same_bits(std::vector<T>(out, out + expected.size()), expected);
}

template <class T>
void expect_large_sum(std::int64_t size) {
  std::vector<T> x(size), y(size), out(size);
  for (std::int64_t i = 0; i < size; ++i) {
    x[i] = static_cast<T>(i % 1009) / 7;
    y[i] = static_cast<T>(i % 2003) / 3;
  }
  const std::vector<Operand> operands = {{x.data(), real_of<T>(), 0.1, nullptr},
                                         {y.data(), real_of<T>(), -0.3, nullptr}};
  EXPECT_TRUE(combine({1, 1, size}, operands, out.data(), real_of<T>()));
  for (std::int64_t i = 0; i < size; ++i)
    ASSERT_EQ(out[i],
              static_cast<T>(0.1 * static_cast<double>(x[i]) + -0.3 * static_cast<double>(y[i])))
        << i;
}

// So large that the result goes past the caches.
TEST(combine, sizes_beyond_the_caches) {
  expect_large_sum<double>((4 << 20) + 3);
  expect_large_sum<float>((8 << 20) + 5);
}

TEST(combine, result_may_replace_an_operand) {
  for (const int over : {0, 1, 3})
    for (const int slots : {1, 2, 3})
      for (const std::int64_t size : sizes) {
        expect_in_place<double>({3, slots, size}, over);
        expect_in_place<float>({3, slots, size}, over);
      }
}

// Blocks with zeros and ones, in place of either operand: slots that are kept, empty, formed alone,
// together, and from what the other one overwrites.
template <class T>
void expect_blocks_in_place(const std::vector<Block>& blocks) {
  for (const int over : {0, 1})
    for (const std::int64_t size : {7, 64, 511, 1025, 1600}) {
      Inputs inputs({3, 2, size}, 2, {real_of<T>()}, false);
      for (int m = 0; m < 2; ++m) inputs.operands[m].coefficient = blocks[m];
      const std::vector<T> expected = inputs.expected<T>();
      T* out = inputs.array<T>(over);
      EXPECT_TRUE(combine({3, 2, size}, inputs.operands, out, real_of<T>()));
      expect_same_bits(std::vector<T>(out, out + expected.size()), expected);
    }
}

TEST(combine, zeros_and_ones_of_blocks) {
  const Block full = {0.5, 0.1, -0.2, 0.3}, none = Block::zero(2), one = Block::identity(2);
  const Block kick = {1, 0, 0.7, 0.3}, drift = {0.3, 0.2, 0, 1}, turn = {0, 0.3, 0.7, 0};
  const Block lower = {0.4, 0, 0.2, 0.1}, diagonal = {0.4, 0, 0, 0.1}, below = {0, 0, 0.2, 0.1};
  for (const Block& a : {full, none, one, kick, drift, turn, lower, diagonal, below})
    for (const Block& b : {full, none, one, kick, drift, turn, lower, diagonal, below}) {
      SCOPED_TRACE(a.describe() + " " + b.describe());
      expect_blocks_in_place<double>({a, b});
      expect_blocks_in_place<float>({a, b});
    }
}

// A sum of zeros keeps the sign that the additions give it.
TEST(combine, signs_of_zeros) {
  for (const double x : {0.0, -0.0}) {
    std::vector<double> state(128, x), other(128, -0.0), out(128, 1.0);
    const std::vector<Operand> operands = {
        {state.data(), Real::float64, Block{1, 0, 1, 1}, nullptr},
        {other.data(), Real::float64, Block{0, 0, 1, 0}, nullptr}};
    EXPECT_TRUE(combine({1, 2, 64}, operands, out.data(), Real::float64));
    EXPECT_TRUE(combine({1, 2, 64}, operands, state.data(), Real::float64));
    for (int i = 0; i < 128; ++i) {
      EXPECT_EQ(std::signbit(out[i]), std::signbit(x)) << i;
      EXPECT_EQ(std::signbit(state[i]), std::signbit(x)) << i;
    }
  }
}

template <class T>
void expect_detection_in_place(const Block& a, const Block& b) {
  constexpr std::int64_t n = 70;
  for (std::int64_t at = 0; at < 2 * n; ++at) {
    std::vector<T> x(2 * n, T(1)), y(2 * n, T(1));
    x[at] = std::numeric_limits<T>::infinity();
    const std::vector<Operand> operands = {{x.data(), real_of<T>(), a, nullptr},
                                           {y.data(), real_of<T>(), b, nullptr}};
    EXPECT_FALSE(combine({1, 2, n}, operands, x.data(), real_of<T>()))
        << at << " " << a.describe() << " " << b.describe();
  }
}

TEST(combine, non_finite_slots_that_are_kept_are_reported) {
  const Block one = Block::identity(2), kick = {1, 0, 0.5, 1}, below = {0, 0, 0, 0.5};
  for (const Block& b : {Block::zero(2), below, Block{0.5, 0, 0.5, 0.5}}) {
    expect_detection_in_place<double>(one, b);
    expect_detection_in_place<float>(kick, b);
  }
}

template <class T>
void expect_detection(const Extent& extent, T bad) {
  const std::int64_t size = extent.rows * extent.slots * extent.elements;
  for (const std::int64_t at : {std::int64_t{0}, size / 2, size - 1}) {
    std::vector<T> x(size, T(1)), out(size);
    const std::vector<Operand> operands = {
        {x.data(), real_of<T>(), Block::identity(static_cast<int>(extent.slots)), nullptr}};
    EXPECT_TRUE(combine(extent, operands, out.data(), real_of<T>()));
    x[at] = bad;
    EXPECT_FALSE(combine(extent, operands, out.data(), real_of<T>())) << at << " of " << size;
  }
}

TEST(combine, non_finite_results_are_reported) {
  for (const int slots : {1, 2})
    for (const std::int64_t size : {1, 7, 512, 513, 40000})
      for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity()}) {
        expect_detection<double>({2, slots, size}, bad);
        expect_detection<float>({2, slots, size}, static_cast<float>(bad));
      }
}

TEST(combine, overflow_of_the_narrow_type_is_reported) {
  const double x = 1e39, large = std::numeric_limits<double>::max();
  float narrow = 0;
  double wide = 0;
  const std::vector<Operand> one = {{&x, Real::float64, 1.0, nullptr}};
  EXPECT_FALSE(combine({1, 1, 1}, one, &narrow, Real::float32));
  EXPECT_TRUE(combine({1, 1, 1}, one, &wide, Real::float64));
  const std::vector<Operand> two = {{&large, Real::float64, 2.0, nullptr}};
  EXPECT_FALSE(combine({1, 1, 1}, two, &wide, Real::float64));
}

TEST(select_rows, takes_each_row_from_one_side) {
  const std::vector<double> mask = {1, 0, -2};
  std::vector<float> a = {1, 2, 3, 4, 5, 6}, b = {10, 20, 30, 40, 50, 60}, out(6);
  select_rows({3, 1, 2}, Real::float32, mask.data(), a.data(), b.data(), out.data());
  EXPECT_EQ(out, (std::vector<float>{1, 2, 30, 40, 5, 6}));
  select_rows({3, 2, 1}, Real::float32, mask.data(), a.data(), b.data(), b.data());
  EXPECT_EQ(b, out);
}

}  // namespace
}  // namespace strang
