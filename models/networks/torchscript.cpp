// A network that the user brings, as TorchScript: forward(x, time) or forward(x, time, condition)
// -> tensor, for x [batch, event...], time [batch] (docs/networks.md says how to export one).
// x is c_in u in the network's element type, with two slots side by side on the channel axis; time
// is c_noise(t), rounded to an integer where networks were trained on those. What the answer means
// is `predicts`; with `form` it is F in score = c_skip u + c_out F (c_skip, c_out:
// models/parametrisation.h). The bits of a row do not depend on the others at a fixed size of batch
// as far as LibTorch's kernels and the network are so. Padding rows are computed with the others.

#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/plugin.h"
#include "core/store/hdf5.h"
#include "core/store/tensors.h"
#include "core/tensor.h"
#include "models/networks/script_network.h"
#include "models/parametrisation.h"

namespace strang {
namespace {

// How the network sees and means things.
struct Meaning {
  Prediction prediction = Prediction::data;
  std::vector<std::int64_t> shape;
  double sigma_data = 0.5;
  std::string rounding = "none";
  std::vector<double> trained;  // [from, to] of network times; empty: any
};

class ScriptModel final : public Model {
 public:
  ScriptModel(ScriptOptions options, Meaning meaning, Parametrisation parametrisation)
      : network_(std::move(options)),
        meaning_(std::move(meaning)),
        parametrisation_(std::move(parametrisation)) {}

  Prediction prediction() const override { return meaning_.prediction; }
  bool runs_on(at::DeviceType device) const override {
    return device == at::kCPU || device == at::kCUDA;
  }
  std::vector<std::int64_t> event_shape() const override { return meaning_.shape; }
  at::ScalarType output_type(at::ScalarType) const override { return network_.output_type(); }
  double sigma_data() const override { return meaning_.sigma_data; }
  std::vector<double> class_weights() const override {
    return std::vector<double>(network_.conditional() ? network_.options().classes : 0, 1.0);
  }
  ViewForm score_form(const Process& process, double t) const override {
    const Preconditioning c = parametrisation_.rounded_at(process, t);
    if (c.skip.is_finite() && c.out.is_finite()) return {c.skip, c.out, {}};
    return {{}, {}, fmt::format("the model's c_skip and c_out are not finite at t = {:g}", t)};
  }
  // Also asks the module once, so that one that does not fit is found before the first evaluation.
  void require_supports(const Process& process) const override {
    parametrisation_.require_supports(process);
    std::call_once(probed_, [&] { probe(process); });
  }

  void predict(const Query& query) const override {
    const std::int64_t rows = query.input.size(0);
    at::Tensor times = at::empty({rows}, at::kDouble);
    std::vector<Block> in;
    for (std::size_t i = 0; i < query.times.size(); ++i) {
      const Preconditioning c = parametrisation_.at(query.process, query.times[i]);
      in.push_back(c.in);
      const double seen = network_time(c.network_time, query.times[i]);
      if (query.times.size() == 1)
        times.fill_(seen);
      else
        times[static_cast<std::int64_t>(i)] = seen;
    }
    const at::Tensor x = scaled(in, query.input).reshape(sizes(rows, query.process.slots()));
    write(network_.forward(x, times, {query.labels.begin(), query.labels.end()},
                           sizes(rows, slots_written(query.process, query.times[0]))),
          query);
  }

 private:
  // [batch, slots * channels, ...]; without a channel axis [batch, slots * d].
  std::vector<std::int64_t> sizes(std::int64_t rows, int slots) const {
    std::vector<std::int64_t> all = {rows};
    all.insert(all.end(), meaning_.shape.begin(), meaning_.shape.end());
    all[1] *= slots;
    return all;
  }

  std::optional<int> half(const Process& process, double t) const {
    return meaning_.prediction == Prediction::form ? parametrisation_.half(process, t)
                                                   : std::nullopt;
  }

  int slots_written(const Process& process, double t) const {
    if (half(process, t) || meaning_.prediction == Prediction::data) return 1;
    return process.slots();
  }

  double network_time(double c_noise, double t) const {
    const double seen = meaning_.rounding == "truncate"  ? std::trunc(c_noise)
                        : meaning_.rounding == "nearest" ? std::nearbyint(c_noise)
                                                         : c_noise;
    if (meaning_.trained.empty()) return seen;
    const double low = meaning_.trained[0], high = meaning_.trained[1];
    const double slack = 1e-6 * (high - low);
    require(seen >= low - slack && seen <= high + slack,
            "the network was trained for times {:g} to {:g} (model.trained), but at t = {:g} it is "
            "asked at {:g}: let the grid begin and end within",
            low, high, t, seen);
    return seen;
  }

  // c_in u: [batch, slot, event...].
  static at::Tensor scaled(const std::vector<Block>& in, const at::Tensor& u) {
    bool identity = true;
    for (const Block& block : in) identity = identity && block.is_identity();
    if (identity) return u;
    const std::int64_t slots = u.size(1), rows = std::ssize(in);
    at::Tensor factors = at::empty({rows, slots, slots}, at::kDouble);
    double* factor = factors.mutable_data_ptr<double>();
    for (const Block& block : in)
      for (int k = 0; k < slots * slots; ++k) *factor++ = block(k / slots, k % slots);
    factors = factors.to(u.device());
    const at::Tensor flat = u.flatten(2).to(at::kDouble);
    if (slots == 1) return (factors * flat).view(u.sizes());
    return at::matmul(factors, flat).view(u.sizes());
  }

  void write(const at::Tensor& answer, const Query& query) const {
    const int slots = query.process.slots();
    const int written = slots_written(query.process, query.times[0]);
    if (written == slots) {
      query.output.copy_(answer.reshape(query.output.sizes()));
      return;
    }
    query.output.zero_();
    const int slot = half(query.process, query.times[0]).value_or(0);
    const at::Tensor target = query.output.select(1, slot);
    target.copy_(answer.reshape(target.sizes()));
  }

  void probe(const Process& process) const {
    constexpr std::int64_t rows = 4;
    const double t = process.time().end;
    double seen = parametrisation_.network_time(process, t);
    if (!meaning_.trained.empty()) seen = meaning_.trained[1];
    std::vector<std::int64_t> labels(network_.conditional() ? rows : 0, 0);
    network_.forward(at::zeros(sizes(rows, process.slots()), at::kDouble),
                     at::full({rows}, seen, at::kDouble), labels,
                     sizes(rows, slots_written(process, t)));
  }

  ScriptNetwork network_;
  Meaning meaning_;
  Parametrisation parametrisation_;
  mutable std::once_flag probed_;
};

struct TorchScript {
  ScriptOptions script;
  Meaning meaning;
  std::string predicts = "data";
  std::string conditions_file, conditions_dataset;
  Parametrisation::Options parametrisation;

  void fields(OptionVisitor& v) {
    v.path("file", script.file, "the module, as torch.jit.save writes it");
    v.field("weights", script.weights, "which weights are needed, for the message without a file");
    v.field("sha256", script.sha256, "of the file; empty: any");
    v.field("shape", meaning.shape, "of an event: [3, 32, 32]");
    v.field("predicts", predicts, "what the network's output means; form: F, with c_skip and c_out")
        .one_of({"data", "noise", "score", "v", "velocity", "edm_f", "form"});
    v.field("sigma_data", meaning.sigma_data, "of edm_f").above(0);
    v.field("dtype", script.dtype, "of the network's parameters and input")
        .one_of({"float32", "float64", "bfloat16"});
    v.field("time_type", script.time_type, "of the times that it sees").one_of({"float", "int64"});
    v.field("time_rounding", meaning.rounding, "of c_noise to an integer")
        .one_of({"none", "truncate", "nearest"});
    v.field("trained", meaning.trained,
            "[from, to], the network times it was trained for; []: any");
    v.field("labels", script.labels,
            "third argument: none, index (int64), one_hot, or table (a row of `conditions`)")
        .one_of({"none", "index", "one_hot", "table"});
    v.field("classes", script.classes, "number of labels").at_least(0);
    v.field("null_label", script.null_label,
            "label of unlabelled samples; null: none (one_hot: zeros)")
        .at_least(0);
    v.path("conditions_file", conditions_file, "HDF5 file with the rows of `table`");
    v.field("conditions_dataset", conditions_dataset,
            "[label, ...], embeddings of prompts or such");
    parametrisation.fields(v);
  }

  std::unique_ptr<Model> build(const Registry&) {
    require(!meaning.shape.empty(),
            "model.shape is not set: give the shape of an event, [3, 32, 32]");
    require(meaning.trained.empty() ||
                (meaning.trained.size() == 2 && meaning.trained[0] < meaning.trained[1]),
            "model.trained is [{}]: it must be [] or [from, to] with from < to",
            fmt::join(meaning.trained, ", "));
    require(script.labels == "none" || script.classes > 0,
            "model.labels is {}: model.classes must say how many labels there are", script.labels);
    require(script.labels != "one_hot" || !script.null_label,
            "model.null_label is for index and table: unlabelled one_hot rows are zeros");
    require_script(script);
    if (script.labels == "table") read_table();
    meaning.prediction = prediction();
    return std::make_unique<ScriptModel>(script, meaning, Parametrisation(parametrisation));
  }

 private:
  Prediction prediction() const {
    if (predicts == "data") return Prediction::data;
    if (predicts == "noise") return Prediction::noise;
    if (predicts == "score") return Prediction::score;
    if (predicts == "v") return Prediction::v;
    if (predicts == "velocity") return Prediction::velocity;
    return predicts == "edm_f" ? Prediction::edm_f : Prediction::form;
  }

  void read_table() {
    require(!conditions_file.empty() && !conditions_dataset.empty(),
            "model.labels is table: set model.conditions_file and model.conditions_dataset");
    const store::File file = store::File::open(conditions_file);
    const store::Dataset dataset = file.root().dataset(conditions_dataset);
    const std::int64_t last = std::max(script.classes - 1, script.null_label.value_or(0));
    require(!dataset.shape().empty() && dataset.shape()[0] > last,
            "{}: {} is {}; labels go up to {}", conditions_file, conditions_dataset,
            dataset.description(), last);
    script.table = store::read_tensor(dataset, at::kFloat);
  }
};

}  // namespace
}  // namespace strang

STRANG_MODEL(torchscript, TorchScript, "a network of the user's, as TorchScript");
