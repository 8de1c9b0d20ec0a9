#include <cstdio>

#include "core/error.h"
#include "core/program/cost.h"
#include "core/program/listing.h"
#include "experiments/command_line.h"
#include "experiments/experiment.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

// "2", or "1 to 2" where steps differ.
template <class F>
std::string range(const std::vector<Cost>& steps, F field) {
  int low = field(steps.front()), high = low;
  for (const Cost& cost : steps) {
    low = std::min(low, field(cost));
    high = std::max(high, field(cost));
  }
  return low == high ? fmt::format("{}", low) : fmt::format("{} to {}", low, high);
}

}  // namespace

// `strang explain [overrides]`: the traced program with its coefficients and its cost.
int verb_explain(const std::vector<std::string>& arguments, Registry& registry) {
  const CommandLine line = CommandLine::parse("explain", arguments);
  if (line.help) {
    std::printf("strang explain [flags] [key=value ...]: the traced program and its cost.\n\n%s",
                CommandLine::help_text().c_str());
    return 0;
  }
  const Composer composer(line, registry);
  const Experiment e = build_experiment(composer.resolved(line.overrides), registry);
  for (const std::string& text : list_operations(e.program, {line.digits}))
    std::printf("%s\n", text.c_str());
  const Cost cost = count_cost(e.program);
  const std::vector<Cost> steps = count_steps(e.program);
  std::printf("\n%s: %d steps, %d slot(s)\n", e.spec.integrator.find("name")->text().c_str(),
              e.grid->steps(), e.program.slots);
  std::printf("total     NFE %d, passes %d, noise draws %d, buffers %d%s\n", cost.evaluations,
              cost.passes, cost.noise, cost.buffers,
              cost.adaptive ? " (one attempt for each interval)" : "");
  std::printf("each step NFE %s, passes %s, noise draws %s\n",
              range(steps, [](const Cost& c) { return c.evaluations; }).c_str(),
              range(steps, [](const Cost& c) { return c.passes; }).c_str(),
              range(steps, [](const Cost& c) { return c.noise; }).c_str());
  return 0;
}

}  // namespace strang
