#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "experiments/feature_options.h"
#include "experiments/labels.h"

namespace strang {

// How initial states or noise draws are read from a file.
struct DatasetOptions {
  std::string file;
  std::string dataset;
};

struct InitialOptions {
  std::string source = "prior";  // prior | file
  DatasetOptions data;
  std::string scale = "none";  // of a file's rows: none | prior | kernel
  bool for_fit = false;        // draws of the prior of their own, independent of the run's
  int stream = 0;              // several independent ones

  // `prior` or {file, dataset, scale}. Throws UsageError; `where` is for messages.
  static InitialOptions read(const config::Node& node, const std::string& where);
};

struct NoiseOptions {
  std::string mode = "keyed";  // keyed | path | zero | replay
  DatasetOptions data;
  std::int64_t offset = 0;
  std::int64_t per_step = 1;
};

// A solution on a fine grid, or states from a file: the run's samples at the nodes of its grid.
struct ReferenceOptions {
  bool present = false;
  DatasetOptions data;                   // [node, sample, numbers of a state]; no file: solved
  config::Node integrator;               // {name: ..., options}
  std::optional<config::Node> schedule;  // null: the run's own, with more steps
  int steps = 0;
  bool check = true;

  bool is_stored() const { return !data.file.empty(); }
};

// Single steps, for `strang step`.
struct StepOptions {
  double t = 0.5;
  std::vector<double> h = {0.04, 0.02, 0.01, 0.005};
  config::Node b;  // B of the frozen spectrum, a number or a matrix over the slots; null: none
};

// One experiment, typed and checked. What is a plugin stays a map with its name; the registry
// builds it.
struct Spec {
  std::string name = "run";
  std::vector<std::string> plugins;
  config::Node process, model, schedule, integrator;
  config::Node optimizer;  // null: none

  std::int64_t seed = 0;
  std::int64_t samples = 1;
  std::int64_t first_sample = 0;  // no option: a shard draws [first_sample, first_sample + samples)
  std::int64_t microbatch = 256;
  std::string dtype = "float64";
  std::string device = "cpu";
  std::optional<std::int64_t> threads;

  std::optional<std::int64_t> steps;
  std::optional<std::int64_t> nfe;
  std::string denoise = "none";
  NoiseOptions noise;
  InitialOptions initial;
  LabelOptions labels;

  std::int64_t followed = 16;  // log.trajectory.samples; `samples` for all
  bool log_evaluations = false;
  std::int64_t sheet_images = 64;  // log.sheet.images
  ReferenceOptions reference;
  std::vector<std::string> error_norms = {"rmse", "linf"};
  bool errors_at_nodes = true;
  std::vector<std::string> weak;            // names of test functions
  bool decompose = false;                   // errors by where they come from
  std::optional<config::Node> exact_model;  // for the decomposition; absent: the run's own
  StepOptions step;
  FeatureOptions features;
  std::string output;

  // Reads the composed and resolved configuration. Throws UsageError with the origin of what is
  // wrong.
  static Spec read(const config::Node& config);
};

// A short form for a plugin: a word stands for {name: word}.
config::Node plugin_map(const config::Node& node);

// The options of the spec, for help.
std::vector<OptionHelp> spec_help();

}  // namespace strang
