// The bits of a sample depend on the sample alone: not on how a run is split, on threads or
// neighbours.

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "core/program/cost.h"
#include "core/program/kernels.h"
#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

struct Setting {
  const char *process, *model;
  std::vector<double> times;
  at::ScalarType type;
};

std::vector<Setting> settings() {
  return {{"{name: edm}", mixture, {20, 5, 1, 0.2}, at::kDouble},
          {"{name: vp}", mixture, {1, 0.6, 0.3, 0.05}, at::kFloat},
          {"{name: edm}", images, {20, 5, 1, 0.2}, at::kFloat},
          {"{name: vp}", images, {1, 0.6, 0.3, 0.05}, at::kDouble}};
}

// Calls f(problem, program, initial states) for every setting.
template <class F>
void in_every_setting(const std::string& yaml, std::int64_t samples, F f) {
  for (Setting s : settings()) {
    if (traits_of(yaml).adaptive) s.times.erase(s.times.begin(), s.times.end() - 2);
    SCOPED_TRACE(yaml + " " + s.process + " " + s.model);
    const Problem problem(s.process, s.model);
    const Grid grid = problem.grid(s.times);
    f(problem, trace_sampler(*integrator(yaml), problem.field, grid),
      initial_states(problem, grid, samples, s.type));
  }
}

const KeyedNoise noise{11};

class EveryBit : public testing::TestWithParam<std::string> {
 protected:
  template <class F>
  void in_every_setting(std::int64_t samples, F f) {
    strang::in_every_setting(GetParam(), samples, f);
  }
};

class BitsOfIndependentSamples : public EveryBit {};  // no number is shared by a batch
class BitsOfDeterministicSteps : public EveryBit {};  // and no noise is drawn
class BitsOfStochasticSteps : public EveryBit {};

TEST_P(BitsOfIndependentSamples, splitting_a_run_changes_no_bit) {
  in_every_setting(12, [&](const Problem& p, const Program& program, const at::Tensor& u) {
    const at::Tensor whole = run(program, p.field, u, noise, {4});
    EXPECT_TRUE(whole.isfinite().all().item<bool>());
    EXPECT_TRUE(whole.equal(run(program, p.field, u, noise, {4, {2, 0, 1}, true})));
    const at::Tensor fewer = run(program, p.field, u.narrow(0, 0, 10).contiguous(), noise, {4});
    EXPECT_TRUE(whole.narrow(0, 0, 10).equal(fewer)) << "padding";
  });
}

TEST_P(EveryBit, threads_change_no_bit) {
  const int threads = at::get_num_threads();
  const int samples = traits_of(GetParam()).adaptive ? 8 : 40;
  in_every_setting(samples, [&](const Problem& p, const Program& program, const at::Tensor& u) {
    at::set_num_threads(1);
    const at::Tensor one = run(program, p.field, u, noise);
    at::set_num_threads(2);
    EXPECT_TRUE(one.equal(run(program, p.field, u, noise)));
  });
  at::set_num_threads(threads);
}

TEST_P(BitsOfDeterministicSteps, neighbours_change_no_bit) {
  in_every_setting(9, [&](const Problem& p, const Program& program, const at::Tensor& u) {
    const at::Tensor backwards = run(program, p.field, u.flip(0).contiguous(), noise);
    EXPECT_TRUE(run(program, p.field, u, noise).equal(backwards.flip(0)));
  });
}

// The models are exact ones, which compute on the CPU: all else runs on the GPU.
TEST(bits, the_device_changes_none_of_any_integrator) {
  if (!why_no_cuda().empty()) GTEST_SKIP() << why_no_cuda();
  for (const std::string& yaml : every_integrator())
    in_every_setting(yaml, 8, [&](const Problem& p, const Program& program, const at::Tensor& u) {
      const at::Tensor host = run(program, p.field, u, noise, {8});
      EXPECT_TRUE(
          host.equal(run(program, p.field, u, noise, {.microbatch = 8, .device = at::kCUDA})));
    });
}

// The draws of a keyed run as a record [draw, sample, ...] that is replayed.
TEST_P(BitsOfStochasticSteps, replayed_noise_gives_the_same_bits) {
  in_every_setting(6, [&](const Problem& p, const Program& program, const at::Tensor& u) {
    int steps = 0, streams = 0;
    for_each_operation(program.operations, [&](const Operation& operation) {
      const auto* op = std::get_if<Noise>(&operation);
      if (op == nullptr) return;
      steps = std::max(steps, op->step + 1);
      streams = std::max(streams, op->stream + 1);
    });
    std::vector<std::int64_t> shape = u.sizes().vec();
    shape.insert(shape.begin(), std::int64_t{steps} * streams + 1);
    const at::Tensor record = at::full(shape, std::nan(""), u.options());
    for_each_operation(program.operations, [&](const Operation& operation) {
      const auto* op = std::get_if<Noise>(&operation);
      if (op == nullptr) return;
      const at::Tensor draw = at::empty_like(u);
      noise.draw(*op, draw, {0, u.size(0)});
      record[1 + op->step * streams + op->stream].copy_(draw);
    });
    const ReplayNoise replay(record, {.offset = 1, .per_step = streams, .origin = "test"});
    EXPECT_TRUE(run(program, p.field, u, noise).equal(run(program, p.field, u, replay)));
  });
}

// Equal states in every sample: only the noise tells them apart, across micro-batches too.
TEST_P(BitsOfStochasticSteps, samples_have_noise_of_their_own) {
  in_every_setting(8, [&](const Problem& p, const Program& program, const at::Tensor& u) {
    const at::Tensor same = u.narrow(0, 0, 1).expand_as(u).contiguous();
    const at::Tensor result = run(program, p.field, same, noise, {4});
    for (int i = 1; i < 8; ++i) EXPECT_FALSE(result[0].equal(result[i])) << i;
  });
}

TEST_P(EveryBit, seeds_matter_where_noise_is_drawn) {
  const bool stochastic = traits_of(GetParam()).stochastic;
  in_every_setting(4, [&](const Problem& p, const Program& program, const at::Tensor& u) {
    const at::Tensor one = run(program, p.field, u, noise);
    EXPECT_EQ(one.equal(run(program, p.field, u, KeyedNoise(12))), !stochastic);
  });
}

INSTANTIATE_TEST_SUITE_P(registry, EveryBit, testing::ValuesIn(every_integrator()), test_name);
INSTANTIATE_TEST_SUITE_P(registry, BitsOfIndependentSamples,
                         testing::ValuesIn(integrators_where([](const IntegratorTraits& t) {
                           return !t.couples_samples;
                         })),
                         test_name);
INSTANTIATE_TEST_SUITE_P(registry, BitsOfDeterministicSteps,
                         testing::ValuesIn(integrators_where([](const IntegratorTraits& t) {
                           return !t.couples_samples && !t.stochastic;
                         })),
                         test_name);
INSTANTIATE_TEST_SUITE_P(registry, BitsOfStochasticSteps,
                         testing::ValuesIn(integrators_where([](const IntegratorTraits& t) {
                           return t.stochastic;
                         })),
                         test_name);

}  // namespace
}  // namespace strang
