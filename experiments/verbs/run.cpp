#include "experiments/run.h"

#include <algorithm>
#include <cstdio>

#include "analysis/run_tables.h"
#include "core/config/dump.h"
#include "core/error.h"
#include "core/program/cost.h"
#include "core/terminal/interrupt.h"
#include "experiments/command_line.h"
#include "experiments/sweep.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

void print_help() {
  print("strang run [flags] [key=value ...]: run one experiment, or a sweep.\n\n" +
        CommandLine::help_text() + "\n");
  print("keys (strang list and strang describe show what groups hold):\n");
  for (const OptionHelp& option : spec_help())
    print(fmt::format("  {:<12} {}{}\n", option.name, option.help,
                      option.allowed.empty() ? "" : " (" + option.allowed + ")"));
}

int print_config(const Composer& composer, const CommandLine& line) {
  const config::Composition composition = composer.compose(line.overrides);
  config::Node node = composition.config;
  if (line.resolve) {
    config::Surroundings around = composer.surroundings();
    around.hydra = &composition.hydra;
    config::resolve(node, around);
  }
  const config::Node* part = line.package.empty() ? &node : node.at_path(line.package);
  require(part != nullptr, "--package '{}': there is no such key", line.package);
  print(config::dump(*part));
  return 0;
}

// The folder of a job: the spec's own output, or a numbered folder in it.
std::filesystem::path folder_of(const config::Node& config, std::size_t number, std::size_t jobs) {
  const config::Node* output = config.find("output");
  require(output != nullptr && output->is_string() && !output->text().empty(),
          "'output' is not set: it names the folder of the results");
  const std::filesystem::path base(output->text());
  return jobs == 1 ? base : base / fmt::format("{:03d}", number);
}

int dry_run(const Composer& composer, const std::vector<SweepJob>& jobs, const Registry& registry) {
  analysis::TextTable table(
      {{"job"}, {"run", analysis::Align::left}, {"steps"}, {"NFE"}, {"passes"}, {"buffers"}});
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Experiment e = build_experiment(composer.resolved(jobs[i].overrides), registry);
    const Cost cost = count_cost(e.program);
    table.add_row({static_cast<std::int64_t>(i),
                   jobs[i].label.empty() ? e.spec.name : jobs[i].label,
                   std::int64_t{e.grid->steps()}, std::int64_t{cost.evaluations},
                   std::int64_t{cost.passes}, std::int64_t{cost.buffers}});
  }
  print(table.text());
  return 0;
}

void print_summaries(const std::vector<analysis::RunSummary>& summaries) {
  const analysis::RunSet set = analysis::labelled(summaries);
  print(analysis::make_run_table(set).text());
  if (has_weak(set)) print("\nweak errors\n" + analysis::make_weak_table(set).text());
  if (has_parts(set))
    print("\nwhere the error comes from (rms)\n" + analysis::make_parts_table(set).text());
  if (std::any_of(set.runs.begin(), set.runs.end(),
                  [](const auto& run) { return run.note.ends_with("done before"); }))
    print("\ndone before: the same job by the same code; --force runs it again\n");
}

}  // namespace

int verb_run(const std::vector<std::string>& arguments, Registry& registry) {
  const CommandLine line = CommandLine::parse("run", arguments);
  if (line.help) return print_help(), 0;
  const Composer composer(line, registry);
  if (!line.cfg.empty()) return print_config(composer, line);
  const std::vector<SweepJob> jobs = plan_jobs(composer, line);
  if (line.dry_run) return dry_run(composer, jobs, registry);
  ReferenceCache references;
  std::vector<analysis::RunSummary> summaries;
  std::filesystem::path folder;
  bool failed = false;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const config::Node config = composer.resolved(jobs[i].overrides);
    folder = folder_of(config, i, jobs.size());
    const config::Node* name = config.find("name");
    const std::string label = !jobs[i].label.empty()                 ? jobs[i].label
                              : name != nullptr && name->is_string() ? name->text()
                                                                     : "run";
    try {
      summaries.push_back(run_experiment(config, folder, label, registry, references, line.force));
    } catch (const UsageError&) {
      throw;
    } catch (const terminal::Interrupted&) {
      throw;
    } catch (const Error& error) {  // a failed cell does not stop the others
      if (jobs.size() == 1) throw;
      failed = true;
      summaries.push_back({.label = label, .note = error.what(), .path = folder.string()});
    }
  }
  print_summaries(summaries);
  print(fmt::format("\nresults: {}\n", jobs.size() == 1 ? (folder / "run.h5").string()
                                                        : folder.parent_path().string()));
  return failed ? 1 : 0;
}

}  // namespace strang
