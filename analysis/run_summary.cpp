#include "analysis/run_summary.h"

#include <cmath>
#include <utility>

#include "analysis/run_diff.h"
#include "core/error.h"
#include "core/store/file.h"

namespace strang::analysis {
namespace {

Measured read_measured(const store::Dataset& dataset, const std::string& name) {
  const auto interval = dataset.attribute<std::vector<double>>(name + "_interval");
  require(interval.size() == 2, "{}: attribute '{}_interval' must hold two numbers, found {}",
          dataset.where(), name, interval.size());
  return {dataset.attribute<double>(name), {interval[0], interval[1]}};
}

std::vector<ErrorSummary> read_errors(const store::Group& group) {
  std::vector<ErrorSummary> errors;
  for (const char* norm :
       {"rmse", "linf", "rmse_position", "linf_position", "rmse_momentum", "linf_momentum"}) {
    if (!group.has(norm)) continue;
    const store::Dataset dataset = group.dataset(norm);
    if (!dataset.has_attribute("rms")) continue;  // the run did not come to its end
    ErrorSummary& error = errors.emplace_back();
    error = {norm, read_measured(dataset, "mean"), read_measured(dataset, "rms"),
             dataset.attribute<double>("median"), dataset.attribute<double>("p95")};
    if (dataset.has_attribute("reference_own_error"))
      error.reference = dataset.attribute<double>("reference_own_error");
  }
  return errors;
}

std::vector<WeakSummary> read_weak(const store::Group& group) {
  const std::vector<std::string> names = group.dataset("name").read_strings();
  const auto column = [&](const char* name) {
    return group.has(name) ? group.dataset(name).read<double>()
                           : std::vector<double>(names.size(), std::nan(""));
  };
  const std::vector<double> estimate = column("estimate"), deviation = column("standard_error"),
                            exact = column("exact"), error = column("error"),
                            paired = column("reference_error"),
                            paired_deviation = column("reference_standard_error");
  std::vector<WeakSummary> weak;
  for (std::size_t i = 0; i < names.size(); ++i)
    weak.push_back({names[i], estimate.at(i), deviation.at(i), exact.at(i), error.at(i),
                    paired.at(i), paired_deviation.at(i)});
  return weak;
}

std::vector<PartSummary> read_parts(const store::Group& group) {
  std::vector<PartSummary> parts;
  for (const char* part : {"total", "discretisation", "score", "prior", "end_time"})
    if (group.has(part)) parts.push_back({part, read_measured(group.dataset(part), "rms")});
  return parts;
}

std::vector<FeatureSummary> read_features(const store::Group& group) {
  std::vector<FeatureSummary> features;
  for (const std::string& extractor : group.group_names())
    if (const auto distances = read_distances(group.group(extractor)))
      features.push_back({extractor, *distances});
  return features;
}

void add_note(std::string& note, const std::string& text) {
  note += (note.empty() ? "" : "; ") + text;
}

// The numbers that a search settled on: "lambda 1.93, lambda_s 0.4".
std::string found_text(const store::Group& found) {
  std::vector<std::string> words;
  for (const std::string& name : found.attribute_names())
    if (!name.starts_with("held_out"))
      words.push_back(fmt::format("{} {:.3g}", name, found.attribute<double>(name)));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

bool below_reference_floor(double error, double own) { return own >= 0 && error < 2 * own; }

bool ErrorSummary::below_floor() const { return below_reference_floor(rms.value, reference); }

bool WeakSummary::below_noise() const { return std::abs(error) < 2 * standard_error; }

bool WeakSummary::paired_below_noise() const {
  return std::abs(paired_error) < 2 * paired_standard_error;
}

RunSummary read_summary(const std::string& path) {
  const store::Group root = store::File::open(path).root();
  require(root.has_attribute("spec") && root.has("grid/t"), "{}: this is no run file of strang",
          path);
  RunSummary run{.label = root.attribute<std::string>("name"),
                 .status = root.attribute<std::string>("status"),
                 .steps = static_cast<int>(root.dataset("grid/t").size()) - 1,
                 .path = path};
  run.published = find_published(parse_spec(root.attribute<std::string>("spec"), path));
  if (root.has("cost")) {
    const store::Group cost = root.group("cost");
    run.nfe = cost.attribute<double>("nfe");
    run.seconds = root.attribute<double>("seconds");
    run.logging = cost.attribute<double>("seconds_logging") / run.seconds;
  }
  if (root.has("fit/found")) run.note = found_text(root.group("fit/found"));
  if (root.has_attribute("note")) add_note(run.note, root.attribute<std::string>("note"));
  if (run.status != "complete" && !run.note.starts_with(run.status))
    run.note = run.status + (run.note.empty() ? "" : ": " + run.note);
  if (root.has("features")) run.features = read_features(root.group("features"));
  if (!root.has("error")) return run;
  const store::Group group = root.group("error");
  run.errors = read_errors(group);
  if (group.has("weak")) run.weak = read_weak(group.group("weak"));
  if (group.has("decomposition")) run.parts = read_parts(group.group("decomposition"));
  for (const ErrorSummary& error : run.errors)
    if (error.below_floor()) add_note(run.note, error.norm + " below the reference's floor");
  return run;
}

}  // namespace strang::analysis
