#include "experiments/forward.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <map>
#include <memory>

#include "core/config/dump.h"
#include "core/error.h"
#include "core/program/executor.h"
#include "core/program/noise_source.h"
#include "core/revision.h"
#include "core/sampling/samples.h"
#include "core/sampling/tracer.h"
#include "core/store/part_file.h"
#include "core/store/tensors.h"
#include "core/tensor.h"
#include "core/terminal/interrupt.h"
#include "core/terminal/progress.h"
#include "core/torch_check.h"
#include "experiments/labels.h"
#include "experiments/provenance.h"
#include "experiments/sources.h"
#include "experiments/spec.h"
#include "experiments/state_axes.h"

namespace strang {
namespace {

const std::vector<std::string> all_views = {"data", "noise", "score", "velocity", "output"};

const Value& view_of(const Estimate& estimate, const std::string& name) {
  return name == "data"       ? estimate.data
         : name == "noise"    ? estimate.noise
         : name == "score"    ? estimate.score
         : name == "velocity" ? estimate.velocity
                              : estimate.output;
}

// One evaluation at each time, its views as records.
Program trace_forward(const ForwardSpec& spec, const Field& field, bool noisy) {
  const Process& process = field.process();
  Builder builder(process.slots());
  Tracer trace(builder, field);
  for (std::size_t i = 0; i < spec.times.size(); ++i) {
    const double t = spec.times[i];
    require(t >= process.time().begin && t <= process.time().end,
            "times: {} is outside of the process' time, {} to {}", t, process.time().begin,
            process.time().end);
    Value u = builder.initial();
    if (noisy) u = process.mean(t) * u + process.root(t) * trace.noise(process.time().begin, t);
    const Estimate estimate = trace.evaluate(u, t);
    const int index = static_cast<int>(i);
    if (noisy) builder.record("input", index, t, u);
    for (const std::string& view : spec.views)
      builder.record(view, index, t, view_of(estimate, view));
  }
  return builder.finish(builder.initial());
}

// The inputs as [sample, slot, event...], in the type of the state.
at::Tensor read_inputs(const ForwardSpec& spec, const Registry& registry, const Process& process,
                       const Model& model, at::ScalarType type) {
  std::vector<std::int64_t> shape = {-1, process.slots()};
  for (const std::int64_t size : model.event_shape()) shape.push_back(size);
  if (spec.inputs.is_map() && spec.inputs.find("name") != nullptr) {
    const auto dataset = registry.datasets.build(spec.inputs, "inputs", registry).object;
    const at::Tensor values = dataset->load().values;
    require(values.sizes().slice(1).vec() == model.event_shape(),
            "inputs: the dataset's samples have the shape [{}], the model's [{}]",
            fmt::join(values.sizes().slice(1), ", "), fmt::join(model.event_shape(), ", "));
    at::Tensor states =
        at::zeros({values.size(0), process.slots(), values.numel() / values.size(0)}, type);
    states.select(1, 0).copy_(values.flatten(1));
    return states.view(shape);
  }
  DatasetOptions data;
  read_options(spec.inputs, "inputs", [&](OptionVisitor& v) {
    v.path("file", data.file, "HDF5 file");
    v.field("dataset", data.dataset, "path of the dataset in the file");
  });
  require(!data.file.empty() && !data.dataset.empty(),
          "{}: 'inputs' needs 'file' and 'dataset', or a dataset with a 'name'",
          spec.inputs.origin().describe());
  return read_sample_states(data, "inputs", process, model.event_shape()).to(type).view(shape);
}

// The noise of the data; none: the inputs are states. Rows of a file are samples, the same at all
// times.
std::unique_ptr<NoiseSource> make_noise(const ForwardSpec& spec, const Process& process,
                                        const Model& model) {
  const bool word = spec.noise.is_string();
  if (spec.noise.is_null() || (word && spec.noise.text() == "none")) return nullptr;
  if (word && spec.noise.text() == "keyed")
    return std::make_unique<KeyedNoise>(static_cast<std::uint64_t>(spec.seed));
  require(spec.noise.is_map(), "{}: 'noise' is {}: allowed are none, keyed and {{file, dataset}}",
          spec.noise.origin().describe(), config::canonical(spec.noise));
  DatasetOptions data;
  read_options(spec.noise, "noise", [&](OptionVisitor& v) {
    v.path("file", data.file, "HDF5 file");
    v.field("dataset", data.dataset, "path of the dataset in the file");
  });
  return std::make_unique<ReplayNoise>(
      read_sample_states(data, "noise", process, model.event_shape()).to(at::kDouble).unsqueeze(0),
      ReplayNoise::Layout{0, 0, "noise"});
}

// Writes records to their datasets.
class Writer final : public Observer {
 public:
  Writer(store::Group group, const ForwardSpec& spec, bool noisy, std::int64_t samples,
         const Process& process, const Model& model) {
    group.add_axis("time", spec.times);
    const std::vector<store::Axis> axes =
        state_axes({{"time", std::ssize(spec.times)}, {"sample", samples}}, process.slots(),
                   model.event_shape());
    std::vector<std::string> names = spec.views;
    if (noisy) names.push_back("input");
    const auto type =
        spec.dtype == "float64" ? store::ElementType::float64 : store::ElementType::float32;
    for (const std::string& name : names) datasets_.emplace(name, group.create(name, type, axes));
  }

  void record(const Record& record, const at::Tensor& value, Rows rows) override {
    store::Slab slab{{record.index, rows.first}, {1, rows.valid}};
    for (std::int64_t axis = 1; axis < value.dim(); ++axis) {
      slab.start.push_back(0);
      slab.count.push_back(value.size(axis));
    }
    const at::Tensor packed = value.narrow(0, 0, rows.valid).contiguous();
    datasets_.at(record.name).write(slab, store::view_of(packed));
  }

 private:
  std::map<std::string, store::Dataset> datasets_;
};

void write_attributes(const config::Node& config, const ForwardSpec& spec, store::Group root) {
  root.set_attribute("format", std::int64_t{1});
  root.set_attribute("name", spec.name);
  root.set_attribute("spec", config::dump(config));
  root.set_attribute("strang_revision", std::string(revision()));
  root.set_attribute("dirty", revision_dirty());
  root.set_attribute("libtorch", loaded_libtorch().version);
}

// The program on all inputs.
void evaluate(Executor& executor, const ForwardSpec& spec, const at::Tensor& inputs,
              Observer& writer) {
  const std::int64_t count = inputs.size(0);
  terminal::Progress progress(spec.name.empty() ? "forward" : spec.name, "inputs", count,
                              terminal::ProgressSink::standard_error());
  const auto initial = [&](const at::Tensor& out, Rows rows) {
    out.zero_();
    out.narrow(0, 0, rows.valid).copy_(inputs.narrow(0, rows.first, rows.valid));
  };
  for (std::int64_t first = 0; first < count; first += spec.microbatch) {
    terminal::throw_if_interrupted();
    executor.run(first / spec.microbatch, count, initial, writer);
    progress.advance(std::min(spec.microbatch, count - first));
  }
  progress.finish();
}

}  // namespace

void ForwardSpec::fields(OptionVisitor& v) {
  v.field("name", name, "for files");
  v.field("plugins", plugins, "shared modules to load");
  v.field("process", process, "the diffusion process");
  v.field("model", model, "the denoiser");
  v.field("inputs", inputs, "{file, dataset} of states, or a dataset {name, options}");
  v.field("labels", labels, "classes of inputs: null | CLASS | uniform | weighted | {source}");
  v.field("samples", samples, "the first so many inputs; null: all").at_least(1);
  v.field("noise", noise, "none: inputs are states; keyed, {file, dataset}: data that get noise");
  v.field("times", times, "process times of the evaluations");
  v.field("views", views, "what is written").one_of(all_views);
  v.field("seed", seed, "of the noise").at_least(0);
  v.field("microbatch", microbatch, "rows of a batch, fixed and padded").at_least(4);
  v.field("dtype", dtype, "element type of the states").one_of({"float32", "float64"});
  v.field("threads", threads, "threads of kernels; null: all cores").at_least(1);
  v.field("output", output, "the file that is written");
}

std::int64_t run_forward(const config::Node& config, const Registry& registry, bool force) {
  ForwardSpec spec;
  read_options(config, "", [&](OptionVisitor& v) { spec.fields(v); });
  require(!spec.times.empty(), "'times' is empty: give the process times of the evaluations");
  require(!spec.views.empty(), "'views' is empty: allowed are {}", fmt::join(all_views, ", "));
  require(!spec.output.empty(), "'output' is not set: it names the file of the evaluations");
  require_replaceable(spec.output, force);
  if (spec.threads) at::set_num_threads(static_cast<int>(*spec.threads));
  config::Node resolved = config;
  const auto build = [&](const auto& catalog, const config::Node& node, const std::string& key) {
    auto built = catalog.build(plugin_map(node), key, registry);
    resolved.set(key, built.options);
    return std::move(built.object);
  };
  const auto process = build(registry.processes, spec.process, "process");
  const auto model = build(registry.models, spec.model, "model");
  const LabelOptions label_options = LabelOptions::read(spec.labels);
  const auto labels =
      make_labels(label_options, LabelUse::run, spec.seed, spec.samples.value_or(0), *model);
  const Field field(*process, *model, labels.get());
  const std::unique_ptr<NoiseSource> noise = make_noise(spec, *process, *model);
  const Program program = trace_forward(spec, field, noise != nullptr);
  const at::ScalarType type = spec.dtype == "float64" ? at::kDouble : at::kFloat;
  const at::Tensor inputs = read_inputs(spec, registry, *process, *model, type);
  const std::int64_t count = spec.samples.value_or(inputs.size(0));
  require(count <= inputs.size(0), "samples: is {}, but there are {} inputs", count,
          inputs.size(0));
  store::PartFile file(spec.output, {.overwrite = force});
  write_attributes(resolved, spec, file.file().root());
  Writer writer(file.file().root().create_group("forward"), spec, noise != nullptr, count, *process,
                *model);
  const ZeroNoise none;
  Executor executor(program, field, noise ? *noise : static_cast<const NoiseSource&>(none),
                    {spec.microbatch, type, model->event_shape(), count});
  evaluate(executor, spec, inputs.narrow(0, 0, count), writer);
  file.commit();
  return count;
}

}  // namespace strang
