// Keyed normal draws: distribution, independence of keys, and bits that stay as they are.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>
#include <vector>

#include "core/error.h"
#include "core/program/draw.h"
#include "core/program/noise_key.h"
#include "core/program/noise_source.h"
#include "core/program/normal.h"
#include "tests/files/message.h"

namespace strang {
namespace {

using test::contains, test::message_of;

std::vector<double> normals(const NoiseKey& key, std::int64_t sample, std::int64_t count) {
  std::vector<double> z(count);
  draw_normals(hash(key), sample, count, z.data());
  return z;
}

double moment(const std::vector<double>& z, int power) {
  double sum = 0;
  for (const double x : z) sum += std::pow(x, power);
  return sum / static_cast<double>(z.size());
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum / static_cast<double>(a.size());
}

constexpr std::int64_t many = 200000;
const double five_sigma = 5 / std::sqrt(static_cast<double>(many));

TEST(normals, moments_are_those_of_the_normal) {
  const std::vector<double> z = normals({1, Domain::process, 1, 0.5, 0}, 0, many);
  EXPECT_NEAR(moment(z, 1), 0, five_sigma);
  EXPECT_NEAR(moment(z, 2), 1, five_sigma * std::sqrt(2.0));
  EXPECT_NEAR(moment(z, 3), 0, five_sigma * std::sqrt(15.0));
  EXPECT_NEAR(moment(z, 4), 3, five_sigma * std::sqrt(96.0));
  EXPECT_NEAR(moment(z, 6), 15, five_sigma * std::sqrt(10170.0));
}

// Counts beyond each threshold within five deviations of a binomial.
TEST(normals, tails_are_those_of_the_normal) {
  const std::vector<double> z = normals({2, Domain::process, 1, 0.5, 0}, 0, many);
  for (const double threshold : {-3.0, -1.0, 0.0, 0.5, 2.0, 3.5}) {
    const double p = 0.5 * std::erfc(threshold / std::sqrt(2.0));
    const auto above = std::count_if(z.begin(), z.end(), [&](double x) { return x > threshold; });
    EXPECT_NEAR(static_cast<double>(above), many * p, 5 * std::sqrt(many * p * (1 - p)) + 1);
  }
}

// The pairs of Box-Muller, neighbouring pairs and neighbouring samples are uncorrelated.
TEST(normals, neighbours_are_independent) {
  const NoiseKey key{3, Domain::process, 1, 0.5, 0};
  const std::vector<double> z = normals(key, 0, many + 2);
  for (const int lag : {1, 2}) {
    const std::vector<double> shifted(z.begin() + lag, z.begin() + lag + many);
    EXPECT_NEAR(correlation({z.begin(), z.begin() + many}, shifted), 0, five_sigma);
  }
  EXPECT_NEAR(correlation({z.begin(), z.begin() + many}, normals(key, 1, many)), 0, five_sigma);
}

TEST(normals, every_part_of_the_key_gives_independent_draws) {
  const NoiseKey key{4, Domain::process, 1, 0.5, 0};
  const std::vector<double> z = normals(key, 5, many);
  for (const NoiseKey& other :
       {NoiseKey{5, Domain::process, 1, 0.5, 0}, NoiseKey{4, Domain::corrector, 1, 0.5, 0},
        NoiseKey{4, Domain::process, 1.0000000000000002, 0.5, 0},
        NoiseKey{4, Domain::process, 1, 0.25, 0}, NoiseKey{4, Domain::process, 0.5, 1, 0},
        NoiseKey{4, Domain::process, 1, 0.5, 1}}) {
    EXPECT_NE(hash(key), hash(other));
    EXPECT_NEAR(correlation(z, normals(other, 5, many)), 0, five_sigma);
  }
}

TEST(normals, hashes_do_not_collide) {
  std::set<std::uint64_t> hashes;
  int count = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (const Domain domain : {Domain::initial, Domain::process, Domain::corrector, Domain::fit})
      for (int i = 0; i < 20; ++i)
        for (int stream = -1; stream < 3; ++stream, ++count)
          hashes.insert(hash({seed, domain, 1 - i * 0.05, 0.95 - i * 0.05, stream}));
  EXPECT_EQ(std::ssize(hashes), count);
}

TEST(normals, signed_zeros_are_one_time) {
  EXPECT_EQ(hash({1, Domain::process, 1, 0.0, 0}), hash({1, Domain::process, 1, -0.0, 0}));
}

TEST(normals, an_element_does_not_depend_on_how_many_are_drawn) {
  const NoiseKey key{6, Domain::process, 1, 0.5, 0};
  const std::vector<double> z = normals(key, 3, 400);
  for (const std::int64_t count : {1, 2, 3, 127, 128, 129, 255, 257})
    EXPECT_EQ(normals(key, 3, count), std::vector<double>(z.begin(), z.begin() + count)) << count;
}

TEST(normals, floats_are_the_rounded_doubles) {
  const NoiseKey key{7, Domain::process, 1, 0.5, 0};
  const std::vector<double> z = normals(key, 3, 301);
  std::vector<float> narrow(301);
  draw_normals(hash(key), 3, 301, narrow.data());
  for (int i = 0; i < 301; ++i) EXPECT_EQ(narrow[i], static_cast<float>(z[i]));
}

// The loop over vectors has the bits of the definition that all devices share.
TEST(normals, vectors_have_the_bits_of_the_definition) {
  for (std::uint64_t key = 0; key < 40; ++key) {
    const std::uint64_t mixed = key * 0x9e3779b97f4a7c15u;
    const std::int64_t sample = static_cast<std::int64_t>(mixed >> 7);
    std::vector<double> z(2051);
    draw_normals(mixed, sample, std::ssize(z), z.data());
    for (std::size_t i = 0; i < z.size(); ++i) {
      const normal::Pair pair = draw::box_muller(draw::uniforms(mixed, sample, i / 2));
      ASSERT_EQ(std::bit_cast<std::uint64_t>(z[i]),
                std::bit_cast<std::uint64_t>(i % 2 == 0 ? pair.first : pair.second))
          << key << " " << i;
    }
  }
}

// Recorded from this code: results of earlier runs must stay reproducible.
TEST(normals, bits_stay_as_they_are) {
  EXPECT_EQ(hash({0, Domain::process, 1, 0.5, 0}), 0x1cd1e5292c1ca24bull);
  const std::vector<double> z = normals({0, Domain::process, 1, 0.5, 0}, 2, 4);
  const std::vector<std::uint64_t> expected = {0xc004a9149ec62b96ull, 0xbfd0b6227aba79b0ull,
                                               0x3fd7b75343c0d9e1ull, 0xc002d41ef8d37713ull};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(std::bit_cast<std::uint64_t>(z[i]), expected[i]) << i;
}

TEST(own_arithmetic, logarithm_and_turns_are_exact_to_rounding) {
  for (double x = 1; x > 1e-16; x *= 0.917) {
    const double exact = std::log(x);
    EXPECT_NEAR(normal::log(x), exact, 4e-16 * std::max(1e-1, std::abs(exact))) << x;
  }
  EXPECT_EQ(normal::log(1), 0);
  for (double u = 0; u < 1; u += 0.00137) {
    const normal::Pair pair = normal::cos_sin_turn(u);
    EXPECT_NEAR(pair.first, std::cos(2 * M_PI * u), 1e-15) << u;
    EXPECT_NEAR(pair.second, std::sin(2 * M_PI * u), 1e-15) << u;
  }
}

TEST(own_arithmetic, uniforms_stay_in_their_intervals) {
  EXPECT_EQ(normal::open_zero(0), 0x1p-53);
  EXPECT_EQ(normal::open_zero(~0ull), 1);
  EXPECT_EQ(normal::open_one(0), 0);
  EXPECT_LT(normal::open_one(~0ull), 1);
}

// ---- Sources ----

TEST(keyed_noise, rows_belong_to_samples) {
  const KeyedNoise noise(8);
  const Noise op{.from = 1, .to = 0.5};
  const at::Tensor all = at::empty({8, 1, 3}, at::kDouble),
                   part = at::empty({4, 1, 3}, at::kDouble);
  noise.draw(op, all, {0, 8});
  noise.draw(op, part, {4, 2});
  EXPECT_TRUE(part.equal(all.narrow(0, 4, 4)));
  EXPECT_EQ(all[2][0][1].item<double>(), normals({8, Domain::process, 1, 0.5, 0}, 2, 3)[1]);
}

TEST(keyed_noise, the_number_of_the_step_does_not_matter) {
  const at::Tensor a = at::empty({4, 1, 3}, at::kDouble), b = at::empty_like(a);
  KeyedNoise(8).draw({.from = 1, .to = 0.5, .step = 0}, a, {0, 4});
  KeyedNoise(8).draw({.from = 1, .to = 0.5, .step = 3}, b, {0, 4});
  EXPECT_TRUE(a.equal(b));
}

TEST(zero_noise, is_zero) {
  const at::Tensor a = at::ones({4, 1, 3}, at::kDouble);
  ZeroNoise().draw({}, a, {0, 4});
  EXPECT_TRUE(a.eq(0).all().item<bool>());
}

struct Replays : testing::Test {
  at::Tensor draws = at::arange(5 * 6 * 2, at::kDouble).view({5, 6, 2});
  at::Tensor draw(ReplayNoise::Layout layout, const Noise& op, Rows rows) {
    layout.origin = "record.h5/noise";
    const at::Tensor out = at::full({4, 1, 2}, 9.0, at::kDouble);
    ReplayNoise(draws, layout).draw(op, out, rows);
    return out;
  }
};

TEST_F(Replays, draw_is_offset_plus_per_step_times_step_plus_stream) {
  const at::Tensor out = draw({.offset = 1, .per_step = 2}, {.step = 1, .stream = 1}, {0, 4});
  EXPECT_TRUE(out.view({4, 2}).equal(draws[4].narrow(0, 0, 4)));
}

TEST_F(Replays, padding_rows_are_zero) {
  const at::Tensor out = draw({}, {.step = 0}, {4, 2});
  EXPECT_TRUE(out.view({4, 2}).narrow(0, 0, 2).equal(draws[0].narrow(0, 4, 2)));
  EXPECT_TRUE(out.narrow(0, 2, 2).eq(0).all().item<bool>());
}

TEST_F(Replays, draws_and_samples_that_are_not_recorded_are_refused) {
  EXPECT_TRUE(contains(message_of<UsageError>([&] {
                         draw({}, {.step = 5}, {0, 4});
                       }),
                       "record.h5/noise holds 5 draws, but step 5 asks for draw 5"));
  EXPECT_TRUE(contains(message_of<UsageError>([&] {
                         draw({}, {.step = 0}, {4, 4});
                       }),
                       "holds draws for 6 samples, 8 are needed"));
}

}  // namespace
}  // namespace strang
