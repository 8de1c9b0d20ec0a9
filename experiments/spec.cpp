#include "experiments/spec.h"

#include <algorithm>

#include "analysis/test_functions.h"
#include "core/error.h"
#include "experiments/norms.h"

namespace strang {
namespace {

using config::Node;

// The parts of the spec in the form in which YAML writes them.
struct Raw {
  Node noise = Node("keyed"), initial = Node("prior"), log, reference, errors, features, step,
       labels, sweep, launcher, published, trajectory = Node(std::int64_t{16}), sheet;
};

void top_fields(OptionVisitor& v, Spec& s, Raw& raw) {
  v.field("name", s.name, "name of the experiment, for tables and files");
  v.field("plugins", s.plugins, "shared modules to load");
  v.field("process", s.process, "the diffusion process");
  v.field("model", s.model, "the denoiser");
  v.field("schedule", s.schedule, "the times of the grid");
  v.field("integrator", s.integrator, "the sampler");
  v.field("optimizer", s.optimizer, "chooses coefficients or times before the run; null: none");
  v.field("seed", s.seed, "names every random draw of the run").at_least(0);
  v.field("samples", s.samples, "samples 0, 1, ... to draw").at_least(1);
  v.field("microbatch", s.microbatch,
          "rows of a batch, fixed and padded; part of the result's bits")
      .at_least(1);
  v.field("dtype", s.dtype, "element type of the state").one_of({"float32", "float64"});
  v.field("device", s.device, "where it runs").one_of({"cpu", "cuda"});
  v.field("threads", s.threads,
          "threads of kernels and models; null: all cores; does not change bits")
      .at_least(1);
  v.field("steps", s.steps, "steps of the grid; null when nfe is given").at_least(1);
  v.field("nfe", s.nfe,
          "network evaluations, denoising included: the largest number of steps that fits")
      .at_least(1);
  v.field("denoise", s.denoise, "a last noiseless Euler step to t = 0")
      .one_of({"none", "sde_drift", "ode_drift"});
  v.field("noise", raw.noise, "keyed | path | zero | {replay: {file, dataset, offset, per_step}}");
  v.field("initial", raw.initial, "prior | {file, dataset, scale: none | prior | kernel}");
  v.field("labels", raw.labels,
          "classes of samples: null | CLASS | uniform | weighted | {source, fit: sampled | fixed}");
  v.field("log", raw.log, "{trajectory: {samples: 16}, evaluations: false, sheet: {images: 64}}");
  v.field("reference", raw.reference,
          "{integrator, steps, check, schedule} or {file, dataset}; null, or integrator: null: no "
          "errors");
  v.field("errors", raw.errors,
          "{norms: [rmse, linf], at: [final, nodes], weak: [], decompose: false}");
  v.field(
      "step", raw.step,
      "{t: 0.5, h: [0.04, ...], b: null}: single steps (strang step); b: B of a frozen spectrum");
  v.field("features", raw.features, "{extractor, against, samples, ...} (docs/features.md)");
  v.field("published", raw.published,
          "{what, values: [{KEY: VALUE, ..., value: NUMBER}]}: figures of a paper, for tables");
  v.field("sweep", raw.sweep,
          "keys with values, zip, where, cells: run as a sweep (docs/sweeps.md)");
  v.field("launcher", raw.launcher, "where the cells of a sweep run: local, slurm");
  v.field("output", s.output, "folder of the results");
}

void dataset_fields(OptionVisitor& v, DatasetOptions& data) {
  v.path("file", data.file, "HDF5 file");
  v.field("dataset", data.dataset, "path of the dataset in the file");
}

void require_dataset(const Node& node, const std::string& where, const DatasetOptions& data) {
  require(!data.file.empty() && !data.dataset.empty(), "{}: '{}' needs 'file' and 'dataset'",
          node.origin().describe(), where);
}

NoiseOptions read_noise(const Node& node) {
  NoiseOptions noise;
  if (node.is_map()) {
    Node replay;
    read_options(node, "noise", [&](OptionVisitor& v) { v.field("replay", replay, ""); });
    noise.mode = "replay";
    read_options(replay, "noise.replay", [&](OptionVisitor& v) {
      dataset_fields(v, noise.data);
      v.field("offset", noise.offset, "").at_least(0);
      v.field("per_step", noise.per_step, "").at_least(1);
    });
    require_dataset(node, "noise.replay", noise.data);
    return noise;
  }
  Node holder{Node::Map{}};
  holder.set("noise", node);
  read_options(holder, "", [&](OptionVisitor& v) {
    v.field("noise", noise.mode, "").one_of({"keyed", "path", "zero"});
  });
  return noise;
}

void read_log(const Node& node, Spec& spec) {
  Node trajectory, sheet;
  read_options(node, "log", [&](OptionVisitor& v) {
    v.field("trajectory", trajectory, "");
    v.field("evaluations", spec.log_evaluations, "");
    v.field("sheet", sheet, "");
  });
  Node followed(spec.followed);
  read_options(trajectory, "log.trajectory",
               [&](OptionVisitor& v) { v.field("samples", followed, ""); });
  if (followed.is_string() && followed.text() == "all") {
    spec.followed = spec.samples;
  } else {
    require(followed.is_int() && followed.integer() >= 0,
            "{}: 'log.trajectory.samples' must be an integer >= 0 or all",
            followed.origin().describe());
    spec.followed = std::min(followed.integer(), spec.samples);
  }
  read_options(sheet, "log.sheet",
               [&](OptionVisitor& v) { v.field("images", spec.sheet_images, "").at_least(0); });
}

void read_reference(const Node& node, Spec& spec) {
  const Node* integrator = node.is_map() ? node.find("integrator") : nullptr;
  const bool off = integrator != nullptr && integrator->is_null() && node.find("file") == nullptr;
  if (node.is_null() || off) return;
  ReferenceOptions& reference = spec.reference;
  Node schedule;
  reference.present = true;
  read_options(node, "reference", [&](OptionVisitor& v) {
    v.field("integrator", reference.integrator, "");
    v.field("schedule", schedule, "");
    v.field("steps", reference.steps, "").at_least(1);
    v.field("check", reference.check, "");
    dataset_fields(v, reference.data);
  });
  const bool solved = !reference.integrator.is_null();
  if (!solved && (reference.is_stored() || !reference.data.dataset.empty()))
    return require_dataset(node, "reference", reference.data);
  require(!reference.is_stored(),
          "{}: 'reference' has 'file' and 'integrator': it is read or solved (take the other away "
          "with reference=null)",
          node.origin().describe());
  require(solved && reference.steps > 0,
          "{}: 'reference' needs 'integrator' and 'steps', or 'file' and 'dataset' "
          "(reference=none: no reference)",
          node.origin().describe());
  reference.integrator = plugin_map(reference.integrator);
  if (!schedule.is_null()) reference.schedule = plugin_map(schedule);
}

// true, false, or {model: a plugin} where the run's own model is not the exact one.
void read_decompose(const Node& node, Spec& spec) {
  if (node.is_null()) return;
  if (node.is_map()) {
    Node model;
    read_options(node, "errors.decompose",
                 [&](OptionVisitor& v) { v.field("model", model, "the exact model"); });
    spec.decompose = true;
    if (!model.is_null()) spec.exact_model = plugin_map(model);
    return;
  }
  Node holder{Node::Map{}};
  holder.set("decompose", node);
  read_options(holder, "errors",
               [&](OptionVisitor& v) { v.field("decompose", spec.decompose, ""); });
}

void read_errors(const Node& node, Spec& spec) {
  std::vector<std::string> at = {"final", "nodes"};
  Node decompose;
  read_options(node, "errors", [&](OptionVisitor& v) {
    v.field("norms", spec.error_norms, "").one_of(norm_names());
    v.field("at", at, "").one_of({"final", "nodes"});
    v.field("weak", spec.weak, "").one_of(analysis::weak_names());
    v.field("decompose", decompose, "");
  });
  spec.errors_at_nodes = std::count(at.begin(), at.end(), "nodes") > 0;
  read_decompose(decompose, spec);
}

void read_step(const Node& node, Spec& spec) {
  read_options(node, "step", [&](OptionVisitor& v) {
    v.field("t", spec.step.t, "").above(0);
    v.field("h", spec.step.h, "").above(0);
    v.field("b", spec.step.b, "");
  });
  require(!spec.step.h.empty(), "{}: 'step.h' is empty", node.origin().describe());
}

}  // namespace

Node plugin_map(const Node& node) {
  if (!node.is_string()) return node;
  Node map(Node::Map{}, node.origin());
  map.set("name", node);
  return map;
}

InitialOptions InitialOptions::read(const Node& node, const std::string& where) {
  InitialOptions initial;
  if (node.is_map()) {
    initial.source = "file";
    read_options(node, where, [&](OptionVisitor& v) {
      dataset_fields(v, initial.data);
      v.field("scale", initial.scale, "").one_of({"none", "prior", "kernel"});
    });
    require_dataset(node, where, initial.data);
    return initial;
  }
  Node holder{Node::Map{}};
  holder.set(where, node);
  read_options(holder, "",
               [&](OptionVisitor& v) { v.field(where, initial.source, "").one_of({"prior"}); });
  return initial;
}

Spec Spec::read(const Node& config) {
  Spec spec;
  Raw raw;
  read_options(config, "", [&](OptionVisitor& v) { top_fields(v, spec, raw); });
  for (Node* plugin :
       {&spec.process, &spec.model, &spec.schedule, &spec.integrator, &spec.optimizer})
    *plugin = plugin_map(*plugin);
  require(spec.steps.has_value() != spec.nfe.has_value(),
          "{}: give either 'steps' or 'nfe' (set the other one to null)",
          config.origin().describe());
  spec.noise = read_noise(raw.noise);
  spec.initial = InitialOptions::read(raw.initial, "initial");
  spec.labels = LabelOptions::read(raw.labels);
  read_log(raw.log, spec);
  read_reference(raw.reference, spec);
  read_errors(raw.errors, spec);
  read_step(raw.step, spec);
  spec.features = FeatureOptions::read(raw.features);
  return spec;
}

std::vector<OptionHelp> spec_help() {
  Spec spec;
  Raw raw;
  return list_options([&](OptionVisitor& v) { top_fields(v, spec, raw); });
}

}  // namespace strang
