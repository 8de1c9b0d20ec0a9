#include <cstdio>

#include "core/error.h"
#include "core/program/cost.h"
#include "core/program/listing.h"
#include "core/program/program_file.h"
#include "core/store/file.h"
#include "experiments/coefficient_file.h"
#include "experiments/command_line.h"
#include "experiments/config_report.h"
#include "experiments/experiment.h"
#include "experiments/optimize.h"
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

int explain_file(const std::string& path, int digits) {
  const store::Group root = store::File::open(path).root();
  const Program program = load_program(root.group("program"));
  for (const std::string& text : list_operations(program, {digits}))
    std::printf("%s\n", text.c_str());
  if (root.has("fit")) {
    const std::vector<FittedStep> steps = read_fit(root.group("fit"));
    if (!steps.empty()) std::printf("\n%s", make_fit_table(steps).text().c_str());
  }
  for (const char* name : {"method", "base", "model_hash", "strang_revision"})
    if (root.has_attribute(name))
      std::printf("%-16s %s\n", name, root.attribute<std::string>(name).c_str());
  return 0;
}

}  // namespace

// `strang explain [overrides]`: the traced program with its coefficients and its cost.
int verb_explain(const std::vector<std::string>& arguments, Registry& registry) {
  const CommandLine line = CommandLine::parse("explain", arguments);
  if (line.help) {
    std::printf(
        "strang explain [flags] [key=value ...]: the traced program and its cost.\n"
        "strang explain FILE.h5: the program and the fit of a coefficient file.\n\n%s",
        CommandLine::help_text().c_str());
    return 0;
  }
  if (line.overrides.size() == 1 && line.overrides[0].ends_with(".h5"))
    return explain_file(line.overrides[0], line.digits);
  const Composer composer(line, registry);
  if (print_view(composer, line)) return 0;
  Experiment e = build_experiment(composer.resolved(line.overrides), registry);
  optimize(e);  // the coefficients are part of the program
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
