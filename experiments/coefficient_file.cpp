#include "experiments/coefficient_file.h"

#include <utility>

#include "core/config/dump.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/program/program_file.h"
#include "core/revision.h"
#include "core/sampling/fit.h"
#include "core/store/part_file.h"
#include "experiments/job.h"

namespace strang {
namespace {

std::vector<double> blocks_at(const std::vector<double>& times,
                              const std::function<Block(double)>& f) {
  std::vector<double> values;
  for (const double t : times) {
    const Block block = f(t);
    for (int i = 0; i < block.slots() * block.slots(); ++i)
      values.push_back(block(i / block.slots(), i % block.slots()));
  }
  return values;
}

void write_grid(const Grid& grid, store::Group group) {
  const Process& process = grid.process();
  const std::int64_t nodes = grid.steps() + 1, slots = process.slots();
  group.write("t", {{"node", nodes}}, grid.times());
  const std::vector<store::Axis> axes = {{"node", nodes}, {"row", slots}, {"column", slots}};
  group.write("mean", axes, blocks_at(grid.times(), [&](double t) { return process.mean(t); }));
  group.write("root", axes, blocks_at(grid.times(), [&](double t) { return process.root(t); }));
}

void write_step(const FittedStep& step, std::int64_t samples, store::Group group) {
  group.set_attribute("step", std::int64_t{step.step});
  group.set_attribute("from", step.from);
  group.set_attribute("to", step.to);
  group.set_attribute("yty", step.equations.yty);
  group.set_attribute("count", step.equations.count);
  group.set_attribute("condition", step.condition);
  group.set_attribute("rank", std::int64_t{step.rank});
  group.set_attribute("mse_base", step.mse_base);
  group.set_attribute("mse_fit", step.mse_fit);
  group.set_attribute("mse_validation_base", step.validation_base);
  group.set_attribute("mse_validation_fit", step.validation_fit);
  group.set_attribute("refused", step.refused);
  const auto p = static_cast<std::int64_t>(step.names.size());
  if (p == 0) return;
  group.write_strings("names", "feature", step.names);
  const std::vector<std::int64_t> free(step.free.begin(), step.free.end());
  group.write("free", {{"feature", p}}, free);
  group.write("base", {{"feature", p}}, step.base);
  group.write("correction", {{"feature", p}}, step.beta);
  group.write("gram", {{"feature", p}, {"other", p}}, step.equations.gram);
  group.write("rhs", {{"feature", p}}, step.equations.rhs);
  if (!step.equations.factor.empty())
    group.write("factor", {{"factor_row", p + 1}, {"factor_column", p + 1}}, step.equations.factor);
  const auto k = static_cast<std::int64_t>(step.constraints.rows.size());
  if (k > 0) {
    std::vector<double> rows;
    for (const auto& row : step.constraints.rows) rows.insert(rows.end(), row.begin(), row.end());
    group.write("constraint_rows", {{"constraint", k}, {"feature", p}}, rows);
    group.write("constraint_values", {{"constraint", k}}, step.constraints.values);
  }
  if (!step.features.empty())
    group.write("features",
                {{"feature", p},
                 {"sample", samples},
                 {"element", static_cast<std::int64_t>(step.features.size()) / p / samples}},
                step.features);
}

// Numbers of a dataset that must hold so many.
std::vector<double> read_numbers(const store::Group& group, const char* name, std::int64_t size) {
  const store::Dataset dataset = group.dataset(name);
  require(dataset.size() == size, "{}: '{}' holds {} numbers, {} are expected", group.where(), name,
          dataset.size(), size);
  return dataset.read<double>();
}

// What a step was solved from.
void read_equations(const store::Group& group, std::int64_t p, FittedStep& step) {
  step.equations.size = static_cast<int>(p);
  step.equations.gram = read_numbers(group, "gram", p * p);
  step.equations.rhs = read_numbers(group, "rhs", p);
  if (group.has("factor")) step.equations.factor = read_numbers(group, "factor", (p + 1) * (p + 1));
  if (!group.has("constraint_rows")) return;
  step.constraints.values = group.dataset("constraint_values").read<double>();
  const std::ptrdiff_t k = std::ssize(step.constraints.values);
  const std::vector<double> rows = read_numbers(group, "constraint_rows", k * p);
  for (std::ptrdiff_t i = 0; i < k; ++i)
    step.constraints.rows.emplace_back(rows.begin() + i * p, rows.begin() + (i + 1) * p);
}

FittedStep read_step(const store::Group& group) {
  FittedStep step;
  step.step = static_cast<int>(group.attribute<std::int64_t>("step"));
  step.from = group.attribute<double>("from");
  step.to = group.attribute<double>("to");
  step.equations.yty = group.attribute<double>("yty");
  step.equations.count = group.attribute<std::int64_t>("count");
  step.condition = group.attribute<double>("condition");
  step.rank = static_cast<int>(group.attribute<std::int64_t>("rank"));
  step.mse_base = group.attribute<double>("mse_base");
  step.mse_fit = group.attribute<double>("mse_fit");
  step.validation_base = group.attribute<double>("mse_validation_base");
  step.validation_fit = group.attribute<double>("mse_validation_fit");
  step.refused = group.attribute<std::int64_t>("refused") != 0;
  if (!group.has("names")) return step;
  step.names = group.dataset("names").read_strings();
  const std::int64_t p = std::ssize(step.names);
  for (const double id : read_numbers(group, "free", p))
    step.free.push_back(static_cast<FreeId>(id));
  step.base = read_numbers(group, "base", p);
  step.beta = read_numbers(group, "correction", p);
  read_equations(group, p, step);
  return step;
}

std::string step_name(int step) { return fmt::format("step_{:02d}", step); }

}  // namespace

void write_fit(const Artefact& artefact, store::Group group) {
  if (!artefact.found.empty()) {
    store::Group found = group.create_group("found");
    for (const auto& [name, value] : artefact.found) found.set_attribute(name, value);
  }
  group.set_attribute("samples", artefact.samples);
  group.set_attribute("evaluations", artefact.evaluations);
  group.set_attribute("seconds", artefact.seconds);
  group.set_attribute("seconds_network", artefact.seconds_evaluating);
  for (const FittedStep& step : artefact.steps)
    write_step(step, artefact.samples, group.create_group(step_name(step.step)));
}

std::vector<FittedStep> read_fit(const store::Group& group) {
  std::vector<FittedStep> steps;
  for (const std::string& name : group.group_names())
    if (name.starts_with("step_")) steps.push_back(read_step(group.group(name)));
  return steps;
}

void write_coefficients(const std::filesystem::path& path, const Experiment& e, bool overwrite) {
  store::PartFile file(path, store::PartFile::Options{overwrite});
  store::Group root = file.file().root();
  const config::Node job = job_of(e.resolved);
  root.set_attribute("format", std::int64_t{1});
  root.set_attribute("kind", std::string("coefficients"));
  root.set_attribute("method", e.spec.optimizer.find("name")->text());
  root.set_attribute("base", e.spec.integrator.find("name")->text());
  root.set_attribute("spec", config::dump(e.resolved));
  root.set_attribute("job", config::dump(job));
  root.set_attribute("model_hash", sha256_hex(config::canonical(*job.find("model"))));
  root.set_attribute("strang_revision", std::string(revision()));
  write_grid(*e.grid, root.create_group("grid"));
  save_program(e.artefact->program, root.create_group("program"));
  write_fit(*e.artefact, root.create_group("fit"));
  file.commit();
}

namespace {

void copy_grid(const store::Group& from, store::Group to) {
  const std::vector<double> times = from.dataset("t").read<double>();
  to.write("t", {{"node", std::ssize(times)}}, times);
  for (const char* name : {"mean", "root"}) {
    const store::Dataset blocks = from.dataset(name);
    const store::Shape& shape = blocks.shape();
    to.write(name, {{"node", shape.at(0)}, {"row", shape.at(1)}, {"column", shape.at(2)}},
             blocks.read<double>());
  }
}

}  // namespace

std::vector<FittedStep> resolve_coefficients(const std::filesystem::path& from,
                                             const std::filesystem::path& to,
                                             const SolveOptions& options, bool overwrite) {
  const store::File source = store::File::open(from);
  const store::Group old = source.root();
  Program program = load_program(old.group("program"));
  const store::Group fit = old.group("fit");
  std::vector<FittedStep> steps = read_fit(fit);
  require(!steps.empty(), "{}: the file holds no fitted steps", from.string());
  for (FittedStep& step : steps) {
    resolve_step(step, options);
    for (std::size_t j = 0; j < step.free.size(); ++j) {
      require(step.free[j] >= 0 && step.free[j] < std::ssize(program.free),
              "{}: step {} names the free coefficient {}, the program has {}", from.string(),
              step.step, step.free[j], program.free.size());
      program.free[step.free[j]] = step.beta[j];
    }
  }
  store::PartFile file(to, store::PartFile::Options{overwrite});
  store::Group root = file.file().root();
  for (const std::string& name : old.attribute_names())
    root.set_attribute(name, old.attribute(name));
  root.set_attribute("resolved", config::dump(write_options([&](OptionVisitor& v) {
                       SolveOptions written = options;
                       written.fields(v);
                     })));
  copy_grid(old.group("grid"), root.create_group("grid"));
  save_program(program, root.create_group("program"));
  Artefact artefact{.steps = steps,
                    .samples = fit.attribute<std::int64_t>("samples"),
                    .evaluations = fit.attribute<std::int64_t>("evaluations"),
                    .seconds = fit.attribute<double>("seconds"),
                    .seconds_evaluating = fit.attribute<double>("seconds_network")};
  write_fit(artefact, root.create_group("fit"));
  file.commit();
  return steps;
}

analysis::TextTable make_fit_table(const std::vector<FittedStep>& steps) {
  analysis::TextTable table({{"step"},
                             {"from"},
                             {"to"},
                             {"mse base"},
                             {"mse fit"},
                             {"validation"},
                             {"rank"},
                             {"condition"},
                             {"coefficients", analysis::Align::left}});
  for (const FittedStep& step : steps) {
    std::string coefficients;
    for (std::size_t j = 0; j < step.names.size(); ++j)
      coefficients += fmt::format("{}{} {:.6g}", j == 0 ? "" : ", ", step.names[j],
                                  step.base[j] + step.beta[j]);
    const std::string validation =
        step.validation_fit < 0
            ? "-"
            : fmt::format("{:.3g}{}", step.validation_fit, step.refused ? " refused" : "");
    table.add_row({std::int64_t{step.step}, fmt::format("{:.4g}", step.from),
                   fmt::format("{:.4g}", step.to), fmt::format("{:.3g}", step.mse_base),
                   fmt::format("{:.3g}", step.mse_fit), validation, std::int64_t{step.rank},
                   fmt::format("{:.1e}", step.condition), coefficients});
  }
  return table;
}

}  // namespace strang
