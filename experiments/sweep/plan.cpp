#include "experiments/sweep/plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/config/override_parser.h"
#include "core/error.h"
#include "experiments/experiment.h"
#include "experiments/job.h"
#include "experiments/reference.h"
#include "experiments/sources.h"
#include "experiments/sweep/predicate.h"

namespace strang {
namespace {

double reference_cost(const Outline& outline, const Registry& registry) {
  const ReferenceOptions& reference = outline.spec.reference;
  const IntegratorTraits traits =
      registry.integrators.build(reference.integrator, "reference.integrator", registry)
          .object->traits();
  const bool ends_at_zero = !outline.grid->evaluable(outline.grid->steps());
  return traits.nfe(reference.steps, ends_at_zero) +
         (reference.check ? traits.nfe(2 * reference.steps, ends_at_zero) : 0);
}

void divide(Cell& cell, const Outline& outline, std::int64_t shards) {
  require(shards == 1 || !outline.integrator->traits().couples_samples,
          "launcher.shards is {}: integrator '{}' couples the samples of a run, which cannot be "
          "divided",
          shards, outline.spec.integrator.find("name")->text());
  cell.shards = divide_samples(outline.spec.samples, outline.spec.microbatch, shards);
}

void outline_cell(Cell& cell, const config::Node& config, const Registry& registry,
                  std::int64_t shards) {
  const Outline outline = outline_experiment(config, registry);
  require_files(outline.spec);
  cell.job = job_hash(config);
  divide(cell, outline, shards);
  cell.times = outline.grid->times();
  cell.steps = outline.grid->steps();
  cell.nfe = outline.integrator->traits().nfe(cell.steps, !outline.grid->evaluable(cell.steps));
  if (outline.spec.denoise != "none") cell.nfe += 1;
  if (!outline.spec.reference.present || outline.spec.reference.is_stored()) return;
  cell.reference = reference_hash(config);
  cell.reference_nfe = reference_cost(outline, registry);
}

// The configuration from the lines that fix a value.
config::Node base_config(const Composer& composer, const CommandLine& line) {
  std::vector<std::string> fixed;
  for (const std::string& text : line.overrides)
    if (config::parse_override(text).sweep() == nullptr) fixed.push_back(text);
  return composer.resolved(fixed);
}

std::string output_of(const config::Node& config) {
  const config::Node* output = config.find("output");
  require(output != nullptr && output->is_string() && !output->text().empty(),
          "'output' is not set: it names the folder of the results");
  return output->text();
}

std::string numbers(const std::vector<std::string>& labels) {
  constexpr std::size_t shown = 5;
  std::string text = fmt::format(
      "{}", fmt::join(labels.begin(), labels.begin() + std::min(labels.size(), shown), "; "));
  if (labels.size() > shown) text += fmt::format("; and {} more", labels.size() - shown);
  return text;
}

}  // namespace

std::size_t SweepPlan::jobs() const {
  std::size_t count = 0;
  for (const Cell& cell : cells) count += std::max<std::size_t>(cell.shards.size(), 1);
  return count;
}

SweepPlan plan_sweep(const Composer& composer, const CommandLine& line, const Registry& registry) {
  const SweepLines lines = sweep_lines(composer, line);
  const config::Node base = base_config(composer, line);
  SweepPlan plan{lines.is_sweep, output_of(base), LauncherOptions::read(base), {}, {}};
  std::optional<Predicate> where;
  if (!lines.where.empty()) where.emplace(lines.where);
  std::map<std::string, std::size_t> known;  // job to cell
  std::vector<std::string> excluded, errors;
  for (const CellLines& cell_lines : lines.cells) {
    Cell cell{
        .number = plan.cells.size(), .overrides = cell_lines.overrides, .label = cell_lines.label};
    try {
      const config::Composition composition = composer.compose(cell.overrides, cell.number);
      const config::Node config = composer.resolved(composition);
      if (where && !where->holds(config, composition.choices)) {
        excluded.push_back(cell.label);
        continue;
      }
      outline_cell(cell, config, registry, plan.launcher.shards);
    } catch (const UsageError& error) {
      cell.error = error.what();
      errors.push_back(cell.error);
    }
    const auto [twin, fresh] = known.emplace(
        cell.error.empty() ? cell.job : fmt::format("{}", fmt::join(cell.overrides, " ")),
        cell.number);
    if (fresh)
      plan.cells.push_back(std::move(cell));
    else
      plan.notes.push_back(fmt::format("'{}' is the same job as cell {} ('{}')", cell.label,
                                       twin->second, plan.cells[twin->second].label));
  }
  if (!excluded.empty())
    plan.notes.push_back(fmt::format("sweep.where leaves out {} of {} cells: {}", excluded.size(),
                                     lines.cells.size(), numbers(excluded)));
  require(!plan.cells.empty(), "no cell is left by sweep.where '{}'", lines.where);
  if (errors.size() == lines.cells.size() - excluded.size()) throw UsageError(errors[0]);
  return plan;
}

}  // namespace strang
