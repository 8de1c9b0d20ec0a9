#include "models/networks/script_network.h"

#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>

#include <filesystem>
#include <mutex>
#include <utility>

#include "core/error.h"
#include "core/files/bytes.h"
#include "core/hash.h"

namespace strang {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The last line of a message of the interpreter that says something: what went wrong comes after
// the trace of the script.
std::string reason(const std::string& text) {
  const std::size_t at = text.rfind("Error: ");
  return first_line(at == std::string::npos ? text : text.substr(text.rfind('\n', at) + 1));
}

at::ScalarType type_of(const std::string& name) {
  if (name == "float64") return at::kDouble;
  return name == "bfloat16" ? at::kBFloat16 : at::kFloat;
}

torch::jit::Module load_module(const ScriptOptions& options) {
  try {
    torch::jit::Module module = torch::jit::load(options.file, at::kCPU);
    module.eval();
    module.to(type_of(options.dtype));
    return module;
  } catch (const c10::Error& error) {
    throw UsageError(fmt::format("model.file: {} is not a TorchScript module: {}", options.file,
                                 first_line(error.what_without_backtrace())));
  }
}

}  // namespace

void require_script(const ScriptOptions& options) {
  const std::string needed =
      options.weights.empty() ? "" : fmt::format("; this experiment needs {}", options.weights);
  require(!options.file.empty(),
          "model.file is not set: it names a network as TorchScript (docs/networks.md says how to "
          "export one){}",
          needed);
  require(std::filesystem::is_regular_file(options.file),
          "model.file: there is no file {} (docs/networks.md says how to export a network){}",
          options.file, needed);
  if (options.sha256.empty()) return;
  const files::Bytes bytes = files::read_bytes(options.file);
  const std::string found = sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  require(found == options.sha256, "model.file: {} has the SHA-256 {}, model.sha256 is {}",
          options.file, found, options.sha256);
}

struct ScriptNetwork::Modules {
  explicit Modules(torch::jit::Module module) : cpu(std::move(module)) {}

  torch::jit::Module& on(const at::Device& device) {
    if (device.is_cpu()) return cpu;
    const std::lock_guard lock(mutex);
    if (!elsewhere) {
      elsewhere = cpu.clone();
      elsewhere->to(device);
    }
    return *elsewhere;
  }

  torch::jit::Module cpu;
  std::optional<torch::jit::Module> elsewhere;
  std::mutex mutex;
};

ScriptNetwork::ScriptNetwork(ScriptOptions options) : options_(std::move(options)) {
  require_script(options_);
  modules_ = std::make_unique<Modules>(load_module(options_));
}

ScriptNetwork::~ScriptNetwork() = default;

at::ScalarType ScriptNetwork::output_type() const {
  return options_.dtype == "float64" ? at::kDouble : at::kFloat;
}

at::Tensor ScriptNetwork::condition(std::vector<std::int64_t> labels, std::int64_t rows) const {
  const bool labelled = !labels.empty();
  if (options_.labels == "one_hot") {
    const at::Tensor one = at::zeros({rows, options_.classes}, type_of(options_.dtype));
    if (labelled) one.scatter_(1, at::tensor(labels, at::kLong).unsqueeze(1), 1.0);
    return one;
  }
  if (!labelled) {
    require(options_.null_label.has_value(),
            "unlabelled samples are asked of {}, but model.null_label is not set", options_.file);
    labels.assign(static_cast<std::size_t>(rows), *options_.null_label);
  }
  const at::Tensor index = at::tensor(labels, at::kLong);
  if (options_.labels == "index") return index;
  return options_.table.index_select(0, index).to(type_of(options_.dtype));
}

at::Tensor ScriptNetwork::forward(const at::Tensor& x, const at::Tensor& times,
                                  const std::vector<std::int64_t>& labels,
                                  const std::vector<std::int64_t>& expected) const {
  const at::NoGradGuard no_gradients;
  const torch::jit::GraphOptimizerEnabledGuard plain(false);
  const at::ScalarType type = type_of(options_.dtype);
  const at::ScalarType time_type = options_.time_type == "int64" ? at::kLong
                                   : options_.dtype == "float64" ? at::kDouble
                                                                 : at::kFloat;
  std::vector<c10::IValue> arguments = {x.to(type), times.to(time_type).to(x.device())};
  if (conditional()) arguments.emplace_back(condition(labels, x.size(0)).to(x.device()));
  c10::IValue answer;
  try {
    answer = modules_->on(x.device()).forward(std::move(arguments));
  } catch (const std::exception& error) {
    throw UsageError(fmt::format("{}: forward(x [{}], {} [{}]{}) failed: {}", options_.file,
                                 fmt::join(x.sizes(), ", "), options_.time_type, x.size(0),
                                 conditional() ? ", " + options_.labels : "",
                                 reason(error.what())));
  }
  require(answer.isTensor(),
          "{}: forward returns a {}: it must return one tensor (docs/networks.md)", options_.file,
          answer.tagKind());
  const at::Tensor result = answer.toTensor();
  require(result.sizes() == at::IntArrayRef(expected),
          "{}: forward(x [{}]) returns the shape [{}], but must return [{}]", options_.file,
          fmt::join(x.sizes(), ", "), fmt::join(result.sizes(), ", "), fmt::join(expected, ", "));
  return result.to(output_type());
}

}  // namespace strang
