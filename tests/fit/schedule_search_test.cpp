// Optimizers of the times: on exact problems they lower the endpoint error that they are made for.

#include <gtest/gtest.h>

#include "tests/fit/problem_fit.h"

namespace strang::test {
namespace {

constexpr const char* karras = "{name: karras, last: zero}";

// Root mean square endpoint error of the base integrator on the times, for other samples.
double error(const FitProblem& p, const Artefact& artefact) {
  const at::Tensor u = p.states(384).narrow(0, 128, 256).contiguous();
  const Grid fine = p.problem.grid(karras, 400);
  const auto heun = registry().integrators.build(config::Node("heun"), "test", registry());
  const at::Tensor exact =
      run(trace_sampler(*heun.object, p.problem.field, fine), p.problem.field, u);
  return rms(run(artefact.program, p.problem.field, u) - exact);
}

Artefact unchanged(const FitProblem& p) {
  return {.times = p.grid.times(), .program = trace_sampler(*p.base, p.problem.field, p.grid)};
}

TEST(schedule_search, lowers_the_endpoint_error) {
  FitProblem p("{name: edm}", "{name: heun}", karras, 6);
  p.microbatch = 128;
  const Artefact found = p.optimize("{name: schedule_search, samples: 128}");
  EXPECT_EQ(found.times.size(), p.grid.times().size());
  EXPECT_EQ(found.times.front(), p.grid[0]);
  EXPECT_EQ(found.times.back(), 0);
  EXPECT_LT(error(p, found), 0.8 * error(p, unchanged(p)));
}

TEST(gits, chooses_times_of_the_teacher_that_suit_euler) {
  FitProblem p("{name: edm}", "{name: ddim}", karras, 7);
  p.microbatch = 64;
  const Artefact found = p.optimize("{name: gits, samples: 64, teacher_steps: 40}");
  const std::vector<double> teacher = p.schedule->times(*p.problem.process, 41);
  for (const double t : found.times)
    EXPECT_NE(std::find(teacher.begin(), teacher.end(), t), teacher.end());
  EXPECT_LT(error(p, found), error(p, unchanged(p)));
}

TEST(oss, reaches_the_teacher_more_closely) {
  FitProblem p("{name: edm}", "{name: ddim}", karras, 7);
  p.microbatch = 64;
  const double before = error(p, unchanged(p));
  for (const char* choice : {"batch", "median"}) {
    const Artefact found = p.optimize(
        std::string("{name: oss, samples: 64, teacher_steps: 40, choice: ") + choice + "}");
    EXPECT_EQ(found.times.size(), 8u);
    EXPECT_LT(error(p, found), before) << choice;
  }
}

TEST(dmn, needs_no_model_and_gives_a_grid) {
  const FitProblem p("{name: vp}", "{name: dpmpp_3m}", "{name: log_snr, end: 0.001}", 8);
  const Artefact found = p.optimize("{name: dmn}");
  EXPECT_EQ(found.evaluations, 0);
  EXPECT_EQ(found.times.front(), p.grid[0]);
  EXPECT_EQ(found.times.back(), p.grid[8]);
  EXPECT_NE(found.times[4], p.grid[4]);
  for (std::size_t i = 1; i < found.times.size(); ++i)
    EXPECT_LT(found.times[i], found.times[i - 1]);
}

}  // namespace
}  // namespace strang::test
