// A sampler is data: a program that was written to a file and read back is the traced one, to the
// bit.

#include <gtest/gtest.h>

#include "core/program/cost.h"
#include "core/program/listing.h"
#include "core/program/program_file.h"
#include "core/store/file.h"
#include "tests/files/temporary_folder.h"
#include "tests/properties/integrators.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

class EveryStored : public testing::TestWithParam<std::string> {
 protected:
  EveryStored() {
    store::File file = store::File::create(path);
    save_program(program, file.root().create_group("program"));
    file.close();
  }

  TemporaryFolder folder;
  const std::string path = (folder / "program.h5").string();
  Problem problem{"{name: edm}", mixture};
  Grid grid = problem.grid({10, 4, 1, 0.3});
  Program program = trace_sampler(*integrator(GetParam()), problem.field, grid);
  at::Tensor u = initial_states(problem, grid, 6);
  KeyedNoise noise{4};
};

// What names the draws in a replayed record, which the listing does not show.
std::vector<int> steps_of_noise(const Program& program) {
  std::vector<int> steps;
  for_each_operation(program.operations, [&](const Operation& operation) {
    if (const auto* op = std::get_if<Noise>(&operation)) steps.push_back(op->step);
  });
  return steps;
}

TEST_P(EveryStored, loaded_program_is_the_traced_one) {
  const Program loaded = load_program(store::File::open(path).root().group("program"));
  EXPECT_EQ(list_operations(loaded, {17}), list_operations(program, {17}));
  EXPECT_EQ(steps_of_noise(loaded), steps_of_noise(program));
  EXPECT_TRUE(run(loaded, problem.field, u, noise).equal(run(program, problem.field, u, noise)));
}

TEST_P(EveryStored, integrator_program_runs_it_again) {
  const auto stored = integrator("{name: program, file: '" + path + "'}");
  const Program again = trace_sampler(*stored, problem.field, grid);
  EXPECT_EQ(list_operations(again, {17}), list_operations(program, {17}));
  EXPECT_TRUE(run(again, problem.field, u, noise).equal(run(program, problem.field, u, noise)));
  const IntegratorTraits traits = stored->traits(), declared = traits_of(GetParam());
  EXPECT_EQ(traits.stochastic, declared.stochastic);
  EXPECT_EQ(traits.adaptive, declared.adaptive);
  EXPECT_EQ(traits.couples_samples, declared.couples_samples);
  if (!declared.adaptive) {
    EXPECT_EQ(traits.nfe(3, false), count_cost(program).evaluations);
  }
}

TEST_P(EveryStored, another_grid_is_refused) {
  const auto stored = integrator("{name: program, file: '" + path + "'}");
  for (const std::vector<double>& times :
       {std::vector<double>{10, 4, 1.1, 0.3}, {10, 4, 1}, {10, 4, 1, 0.3, 0.1}}) {
    const std::string message =
        usage_error([&] { trace_sampler(*stored, problem.field, problem.grid(times)); });
    EXPECT_NE(message.find("the grid of this run has"), std::string::npos) << message;
  }
}

INSTANTIATE_TEST_SUITE_P(registry, EveryStored, testing::ValuesIn(every_integrator()), test_name);

TEST(integrator_program, needs_a_file) {
  EXPECT_NE(usage_error([] { integrator("{name: program}"); }).find("integrator.file"),
            std::string::npos);
}

}  // namespace
}  // namespace strang
