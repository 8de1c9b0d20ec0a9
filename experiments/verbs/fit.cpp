#include <cstdio>

#include "core/config/override_parser.h"
#include "core/error.h"
#include "experiments/coefficient_file.h"
#include "experiments/command_line.h"
#include "experiments/config_report.h"
#include "experiments/optimize.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

void print_times(const std::vector<double>& times) {
  std::printf("times %s\n", fmt::format("{:.8g}", fmt::join(times, " ")).c_str());
}

std::filesystem::path output_of(const config::Node* output) {
  require(output != nullptr && output->is_string() && !output->text().empty(),
          "'output' is not set: it names the folder of the coefficient file");
  const std::filesystem::path folder(output->text());
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  ensure(!error, "{}: the folder cannot be made: {}", folder.string(), error.message());
  return folder / "coefficients.h5";
}

// `strang fit --from FILE ridge=1e-4 output=DIR`.
int resolve(const CommandLine& line) {
  config::Node keys{config::Node::Map{}};
  for (const std::string& text : line.overrides) {
    const config::Override parsed = config::parse_override(text);
    keys.set(parsed.key, parsed.node());
  }
  const config::Node output =
      keys.find("output") == nullptr ? config::Node() : *keys.find("output");
  keys.erase("output");
  SolveOptions options;
  read_options(keys, "", [&](OptionVisitor& v) { options.fields(v); });
  const std::filesystem::path path = output_of(&output);
  const std::vector<FittedStep> steps = resolve_coefficients(line.from, path, options, line.force);
  std::printf("%s\nsolved anew from stored equations: %s\n", make_fit_table(steps).text().c_str(),
              path.c_str());
  return 0;
}

}  // namespace

// `strang fit [overrides]`: runs the optimizer of the spec and writes `<output>/coefficients.h5`.
int verb_fit(const std::vector<std::string>& arguments, Registry& registry) {
  const CommandLine line = CommandLine::parse("fit", arguments);
  if (line.help) {
    std::printf(
        "strang fit [flags] [key=value ...]: fit coefficients or times, write coefficients.h5.\n"
        "strang fit --from FILE [ridge=R] [rcond=R] [method=M] output=DIR: solve stored equations "
        "anew.\n\n%s",
        CommandLine::help_text().c_str());
    return 0;
  }
  if (!line.from.empty()) return resolve(line);
  const Composer composer(line, registry);
  if (print_view(composer, line)) return 0;
  Experiment e = build_experiment(composer.resolved(line.overrides), registry);
  require(e.optimizer != nullptr,
          "'optimizer' is not set: strang list optimizer shows what there is");
  const std::filesystem::path path = output_of(e.resolved.find("output"));
  optimize(e);
  write_coefficients(path, e, line.force);
  const Artefact& found = *e.artefact;
  if (!found.steps.empty()) std::printf("%s\n", make_fit_table(found.steps).text().c_str());
  for (const auto& [name, value] : found.found) std::printf("%s %.6g\n", name.c_str(), value);
  print_times(found.times);
  std::printf(
      "%lld network evaluations for %lld samples in %.3g s, %.3g s of them in the network\n%s\n",
      static_cast<long long>(found.evaluations), static_cast<long long>(found.samples),
      found.seconds, found.seconds_evaluating, path.c_str());
  return 0;
}

}  // namespace strang
