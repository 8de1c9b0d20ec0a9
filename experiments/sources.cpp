#include "experiments/sources.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/program/brownian_path.h"
#include "core/program/combine.h"
#include "core/program/noise_key.h"
#include "core/store/file.h"
#include "core/store/tensors.h"
#include "core/tensor.h"

namespace strang {
namespace {

std::int64_t state_elements(const Process& process, const std::vector<std::int64_t>& event_shape) {
  std::int64_t elements = process.slots();
  for (const std::int64_t size : event_shape) elements *= size;
  return elements;
}

using Axes = std::vector<std::string>;

// A dataset whose first axes are given and whose others hold a state of `elements` numbers (slots
// side by side on one axis, as released code has them, or apart), as float64 [axes..., elements].
// The first of the ways to read it that fits.
at::Tensor read_states(const DatasetOptions& data, const std::string& key,
                       const std::vector<Axes>& ways, std::int64_t elements) {
  const store::File file = store::File::open(data.file);
  const store::Dataset dataset = file.root().dataset(data.dataset);
  const store::Shape& shape = dataset.shape();
  const auto fits = [&](const Axes& axes) {
    const auto lead = std::ssize(axes);
    return std::ssize(shape) > lead &&
           store::element_count({shape.begin() + lead, shape.end()}) == elements;
  };
  const auto way = std::find_if(ways.begin(), ways.end(), fits);
  require(way != ways.end(), "{}: {} is {}; {} needs axes ({}) and then the {} numbers of a state",
          data.file, data.dataset, dataset.description(), key, fmt::join(ways[0], ", "), elements);
  std::vector<std::int64_t> sizes(shape.begin(), shape.begin() + std::ssize(*way));
  sizes.push_back(elements);
  const at::Tensor values = store::read_tensor(dataset, at::kDouble).reshape(sizes);
  require(at::isfinite(values).all().item<bool>(), "{}: {} holds values that are not finite",
          data.file, data.dataset);
  return values;
}

// What a replayed record must hold for this program.
void require_enough(const at::Tensor& draws, const Spec& spec, const Program& program) {
  for_each_operation(program.operations, [&](const Operation& operation) {
    const auto* op = std::get_if<Noise>(&operation);
    if (op == nullptr) return;
    const std::int64_t index = spec.noise.offset + spec.noise.per_step * op->step + op->stream;
    require(index < draws.size(0),
            "{}: {} holds {} draws, but step {} asks for draw {} (offset {} + per_step {} * step + "
            "stream {})",
            spec.noise.data.file, spec.noise.data.dataset, draws.size(0), op->step, index,
            spec.noise.offset, spec.noise.per_step, op->stream);
  });
  require(draws.size(1) >= spec.samples, "{}: {} holds draws for {} samples, the run has {}",
          spec.noise.data.file, spec.noise.data.dataset, draws.size(1), spec.samples);
}

void require_increments_only(const Program& program) {
  for_each_operation(program.operations, [&](const Operation& operation) {
    const auto* op = std::get_if<Noise>(&operation);
    require(op == nullptr || (op->stream == 0 && op->domain == Domain::process),
            "noise 'path' gives one increment of a Brownian path for each step; this integrator "
            "draws more (stream {}): "
            "use noise 'keyed'",
            op == nullptr ? 0 : op->stream);
  });
}

// out = root * out, in place.
void scale(const at::Tensor& out, const Block& root) {
  const Real type = out.scalar_type() == at::kDouble ? Real::float64 : Real::float32;
  const Operand operand{out.const_data_ptr(), type, root, nullptr};
  combine({out.size(0), out.size(1), out.numel() / out.size(0) / out.size(1)}, {&operand, 1},
          out.mutable_data_ptr(), type);
}

Block scale_block(const std::string& name, const Grid& grid) {
  const Process& process = grid.process();
  if (name == "none") return Block::identity(process.slots());
  const bool from_the_end = std::abs(grid[0] - process.time().end) <= 1e-12 * process.time().end;
  return name == "prior" && from_the_end ? process.prior_root() : process.root(grid[0]);
}

}  // namespace

void require_files(const Spec& spec) {
  for (const DatasetOptions* data : {&spec.initial.data, &spec.noise.data, &spec.reference.data})
    require(data->file.empty() || std::filesystem::exists(data->file), "{}: no such file",
            data->file);
}

std::unique_ptr<NoiseSource> make_noise(const Spec& spec, const Grid& grid, const Program& program,
                                        const std::vector<std::int64_t>& event_shape) {
  const auto seed = static_cast<std::uint64_t>(spec.seed);
  if (spec.noise.mode == "keyed") return std::make_unique<KeyedNoise>(seed);
  if (spec.noise.mode == "zero") return std::make_unique<ZeroNoise>();
  if (spec.noise.mode == "path") {
    require_increments_only(program);
    const Process& process = grid.process();
    return std::make_unique<BrownianPath>(
        seed, [&process](double t) { return process.noise_clock(t); }, process.time().begin,
        grid[0]);
  }
  at::Tensor draws = read_states(spec.noise.data, "noise.replay", {Axes{"draw", "sample"}},
                                 state_elements(grid.process(), event_shape));
  require_enough(draws, spec, program);
  return std::make_unique<ReplayNoise>(
      std::move(draws), ReplayNoise::Layout{spec.noise.offset, spec.noise.per_step,
                                            spec.noise.data.file + ": " + spec.noise.data.dataset});
}

Executor::Initial make_initial(const Spec& spec, const Grid& grid,
                               const std::vector<std::int64_t>& event_shape) {
  if (spec.initial.source == "prior") {
    const KeyedNoise draws(static_cast<std::uint64_t>(spec.seed));
    const Block root = scale_block("prior", grid);
    const Noise key{.stream = spec.initial.stream,
                    .domain = spec.initial.for_fit ? Domain::fit : Domain::initial};
    return [draws, root, key](const at::Tensor& out, Rows rows) {
      draws.draw(key, out, rows);
      scale(out, root);
    };
  }
  const at::Tensor states =
      read_sample_states(spec.initial.data, "initial", grid.process(), event_shape);
  require(states.size(0) >= spec.samples, "{}: {} holds {} rows, the run has {} samples",
          spec.initial.data.file, spec.initial.data.dataset, states.size(0), spec.samples);
  const Block root = scale_block(spec.initial.scale, grid);
  return [states, root](const at::Tensor& out, Rows rows) {
    out.zero_();
    const at::Tensor target = out.narrow(0, 0, rows.valid);
    target.copy_(states.narrow(0, rows.first, rows.valid).reshape(target.sizes()));
    if (!root.is_identity()) scale(out, root);
  };
}

at::Tensor read_sample_states(const DatasetOptions& data, const std::string& key,
                              const Process& process,
                              const std::vector<std::int64_t>& event_shape) {
  return read_states(data, key, {Axes{"sample"}}, state_elements(process, event_shape));
}

at::Tensor read_node_states(const DatasetOptions& data, const std::string& key,
                            const Process& process, const std::vector<std::int64_t>& event_shape) {
  return read_states(data, key, {Axes{"node", "sample"}, Axes{"sample"}},
                     state_elements(process, event_shape));
}

}  // namespace strang
