#include "experiments/run.h"

#include <cstdio>
#include <filesystem>

#include "core/error.h"
#include "experiments/config_report.h"
#include "experiments/record.h"
#include "experiments/run_report.h"
#include "experiments/sweep/run_sweep.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

int run_single(const SweepPlan& plan, const CommandLine& line, const Composer& composer,
               const Registry& registry) {
  const std::vector<std::string>& overrides = plan.cells.at(0).overrides;
  const config::Composition composition = composer.compose(overrides);
  const config::Node config = composer.resolved(composition);
  const config::Node* name = config.find("name");
  const std::string label = name != nullptr && name->is_string() ? name->text() : "run";
  ReferenceCache references =
      line.reference_cache.empty() ? ReferenceCache() : ReferenceCache(line.reference_cache);
  const std::filesystem::path folder(plan.output);
  const auto record = [&] { write_record(folder, composition, overrides); };
  print_summaries(
      {run_experiment(config, folder, label, registry, references, line.force, record)});
  std::printf("\nresults: %s\n", (folder / "run.h5").c_str());
  return 0;
}

}  // namespace

int run_line(const CommandLine& line, Registry& registry) {
  if (!line.resume.empty()) return resume_sweep(SweepFolder(line.resume), line, registry);
  const Composer composer(line, registry);
  if (print_view(composer, line)) return 0;
  SweepPlan plan = plan_sweep(composer, line, registry);
  if (plan.is_sweep || line.dry_run || plan.jobs() > 1) {
    if (!plan.is_sweep) plan.cells.at(0).label = "run";
    return run_sweep(SweepFolder(std::filesystem::absolute(plan.output)), plan, line, composer,
                     registry);
  }
  return run_single(plan, line, composer, registry);
}

int verb_run(const std::vector<std::string>& arguments, Registry& registry) {
  const CommandLine line = CommandLine::parse("run", arguments);
  if (line.help) return print_run_help(line, registry), 0;
  return run_line(line, registry);
}

}  // namespace strang
