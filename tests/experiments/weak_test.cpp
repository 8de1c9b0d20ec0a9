#include "experiments/weak.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/store/file.h"
#include "experiments/exact_draws.h"
#include "tests/experiments/runs.h"
#include "tests/files/temporary_folder.h"

namespace strang {
namespace {

const char* const all = "+errors.weak=[first_moment,second_moment,fourth_moment,cosine,bump]";

// Positions drawn from the exact marginal at the first time, as if they were those at the last one.
at::Tensor exact_states(const Experiment& e) {
  const at::Tensor states = at::empty({e.spec.samples, e.process->slots(), 2}, at::kDouble);
  make_exact_initial(e.spec, *e.grid, *e.model)(states, {0, e.spec.samples});
  return states;
}

std::vector<double> column(const store::Group& group, const char* name) {
  return group.dataset(name).read<double>();
}

// A grid that is so short that both its ends have the same marginal.
TEST(weak_errors, of_exact_draws_are_noise_and_the_standard_error_is_theirs) {
  for (const char* process : {"process=vp", "process=cld"}) {
    int beyond = 0;
    for (int seed = 0; seed < 20; ++seed) {
      const Experiment e =
          test::experiment({"~sweep", process, "schedule=explicit",
                            "schedule.times=[0.5,0.49999999]", "steps=1", "integrator=euler",
                            "samples=2000", "reference=null", all, "seed=" + std::to_string(seed)});
      const test::TemporaryFolder folder;
      store::File file = store::File::create(folder / "weak.h5");
      store::Group root = file.root();
      write_weak(measure_weak(e, exact_states(e), nullptr), root);
      const store::Group weak = root.group("weak");
      const auto error = column(weak, "error"), deviation = column(weak, "standard_error");
      for (std::size_t i = 0; i < error.size(); ++i) {
        EXPECT_LT(std::abs(error[i]), 4.5 * deviation[i]) << process << " " << i;
        beyond += std::abs(error[i]) > 2 * deviation[i] ? 1 : 0;
        EXPECT_EQ(weak.dataset("below_noise").read<std::uint8_t>()[i],
                  std::abs(error[i]) < 2 * deviation[i] ? 1 : 0);
      }
    }
    EXPECT_GE(beyond, 1) << "5 of 100 are expected: the standard error is not too large";
    EXPECT_LE(beyond, 14);
  }
}

// The largest error of a few entries: within the noise for exact draws, found where one is wrong.
TEST(weak_errors, covariances_are_compared_entry_by_entry) {
  const Experiment e = test::experiment(
      {"~sweep", "process=psld", "model=three_gaussians", "schedule=explicit",
       "schedule.times=[0.2,0.19999999]", "steps=1", "integrator=euler", "samples=20000",
       "reference=null", "+errors.weak=[covariance,momentum_covariance]"});
  at::Tensor states = exact_states(e);
  const auto errors = [&](const WeakErrors& weak, int i) {
    const at::Tensor row = weak.values[i];
    const double error = row.mean().item<double>() - weak.exact[i];
    return std::pair(error, row.std().item<double>() / std::sqrt(20000.0));
  };
  const WeakErrors right = measure_weak(e, states, nullptr);
  for (const int i : {0, 1}) {
    const auto [error, deviation] = errors(right, i);
    EXPECT_LT(std::abs(error), 4.5 * deviation) << i;
    EXPECT_GT(std::abs(error), 0) << i;
  }
  const double before = right.exact[1];
  states.select(1, 1).select(1, 0).mul_(1.1);  // m_0
  const WeakErrors wrong = measure_weak(e, states, nullptr);
  const auto [error, deviation] = errors(wrong, 1);
  EXPECT_NEAR(error, 0.21 * before, 0.1 * before + 5 * deviation);
  EXPECT_GT(error, 5 * deviation);
  EXPECT_EQ(errors(wrong, 0), errors(right, 0));
}

TEST(weak_errors, a_shift_of_the_samples_is_found) {
  const Experiment e = test::experiment(
      {"~sweep", "process=vp", "schedule=explicit", "schedule.times=[0.5,0.49999999]", "steps=1",
       "integrator=euler", "samples=2000", "reference=null", all});
  const at::Tensor states = exact_states(e);
  Reference reference;
  reference.states = {states};
  const WeakErrors weak = measure_weak(e, states + 0.25, &reference);
  EXPECT_NEAR((weak.values - weak.reference_values)[0].mean().item<double>(), 0.25, 1e-12);
  EXPECT_NEAR(weak.values[0].mean().item<double>() - weak.exact[0], 0.25, 0.06);
}

}  // namespace
}  // namespace strang
