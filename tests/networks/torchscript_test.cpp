// Networks of the user's: small modules that are made here, against the same arithmetic written
// down.

#include <gtest/gtest.h>
#include <torch/script.h>

#include "core/hash.h"
#include "core/sampling/field.h"
#include "core/store/part_file.h"
#include "experiments/run.h"
#include "tests/experiments/runs.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::test {
namespace {

class TorchScript : public testing::Test {
 protected:
  // Saves a module with a parameter w = 0.75 and gives its path.
  std::string save(const std::string& code, const std::string& name = "net.pt") const {
    torch::jit::Module module("network");
    module.register_parameter("w", torch::full({1}, 0.75), false);
    module.define(code);
    module.save((folder / name).string());
    return (folder / name).string();
  }

  static std::string yaml(const std::string& file, const std::string& options = "") {
    return "{name: torchscript, file: '" + file + "', shape: [2], dtype: float64" +
           (options.empty() ? "" : ", " + options) + "}";
  }

  static at::Tensor states(std::int64_t rows, std::int64_t slots = 1) {
    return at::sin(at::arange(rows * slots * 2, at::kDouble)).view({rows, slots, 2});
  }

  static at::Tensor predict(const Model& model, const Process& process, const at::Tensor& u,
                            const std::vector<double>& times,
                            const std::vector<std::int64_t>& labels = {}) {
    model.require_supports(process);
    at::Tensor out = at::full(u.sizes(), 7.0, model.output_type(u.scalar_type()));
    model.predict({process, times, u, out, {0, u.size(0)}, labels});
    return out;
  }

  static double distance(const at::Tensor& a, const at::Tensor& b) {
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
  }

  TemporaryFolder folder;
};

constexpr const char* linear = R"(
def forward(self, x, t):
    return self.w * x + t.reshape(-1, 1)
)";

TEST_F(TorchScript, is_given_the_scaled_state_and_its_own_time) {
  const auto edm = test::process("{name: edm}");
  const auto network = model(yaml(save(linear),
                                  "c_in: 1 / sqrt(sigma ^ 2 + 0.25), c_noise: "
                                  "0.25 * log(sigma)"));
  const at::Tensor u = states(5);
  const double s = 2.5, c_in = 1 / std::sqrt(s * s + 0.25);
  EXPECT_LT(distance(predict(*network, *edm, u, {s}), 0.75 * (c_in * u) + 0.25 * std::log(s)),
            1e-15);
  const std::vector<double> each = {0.1, 0.2, 0.5, 2.5, 7};
  const at::Tensor rows = predict(*network, *edm, u, each);
  for (int row = 0; row < 5; ++row)
    EXPECT_LT(distance(rows[row], predict(*network, *edm, u, {each[row]})[row]), 1e-15) << row;
}

TEST_F(TorchScript, times_are_rounded_as_integers_for_networks_that_take_them) {
  const auto vp = test::process("{name: vp_discrete}");
  const std::string file = save(R"(
def forward(self, x, t):
    return x * 0 + torch.one_hot(t, 1000).argmax(1).reshape(-1, 1)
)");
  const auto seen = [&](const std::string& options, double t) {
    return predict(*model(yaml(file, "predicts: noise, time_type: int64, c_noise: 1000 * t - 1, " +
                                         options)),
                   *vp, states(4), {t})
        .flatten()[0]
        .item<double>();
  };
  EXPECT_EQ(seen("time_rounding: nearest", 0.5), 499);
  EXPECT_EQ(seen("time_rounding: nearest", 0.5007), 500);
  EXPECT_EQ(seen("time_rounding: truncate", 0.5007), 499);
}

// A network that answers as the exact one in each parametrisation gives the same views.
TEST_F(TorchScript, what_it_predicts_is_what_the_field_makes_of_it) {
  const auto edm = test::process("{name: edm}");
  // One Gaussian of variance 1: D = x / (1 + s^2).
  const auto exact = model("{name: gaussian_mixture, means: [[0, 0]], variances: [[1, 1]]}");
  const std::string ones = "x / (1 + s * s)";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"predicts: data", ones},
      {"predicts: noise", "(x - " + ones + ") / s"},
      {"predicts: score", "(" + ones + " - x) / (s * s)"},
      {"predicts: velocity", "(x - " + ones + ") / s"},
      {"predicts: edm_f, sigma_data: 0.5",
       "(" + ones + " - 0.25 / (s * s + 0.25) * x) * torch.sqrt(s * s + 0.25) / (s * 0.5)"},
      {"predicts: form, c_skip: -1 / sigma ^ 2, c_out: 1 / sigma ^ 2", ones}};
  const at::Tensor u = states(6);
  for (const auto& [options, code] : cases) {
    const auto network = model(
        yaml(save("def forward(self, x, t):\n    s = t.reshape(-1, 1)\n    return " + code + "\n"),
             options));
    for (const View view : {View::data, View::noise, View::score, View::velocity}) {
      const auto evaluate = [&](const Model& m) {
        at::Tensor out = at::empty_like(u);
        const std::vector<double> times = {0.8};
        Field(*edm, m).evaluate(view, {*edm, times, u, out, {0, 6}});
        return out;
      };
      EXPECT_LT(distance(evaluate(*network), evaluate(*exact)), 1e-13) << options;
    }
  }
}

TEST_F(TorchScript, labels_reach_it_in_each_form) {
  const auto edm = test::process("{name: edm}");
  const std::string index = save(R"(
def forward(self, x, t, y):
    return x + y.reshape(-1, 1)
)");
  const std::string one_hot = save(R"(
def forward(self, x, t, y):
    return x + 10 * y[:, 0:1] + 20 * y[:, 1:2]
)",
                                   "one_hot.pt");
  const at::Tensor u = states(4);
  const std::vector<std::int64_t> labels = {0, 1, 1, 0};
  const at::Tensor shift = at::tensor({0.0, 1.0, 1.0, 0.0}).view({4, 1, 1});
  const auto by_index = model(yaml(index, "labels: index, classes: 2, null_label: 2"));
  EXPECT_LT(distance(predict(*by_index, *edm, u, {1}, labels), u + shift), 1e-15);
  EXPECT_LT(distance(predict(*by_index, *edm, u, {1}), u + 2), 1e-15);
  const auto hot = model(yaml(one_hot, "labels: one_hot, classes: 2"));
  EXPECT_LT(distance(predict(*hot, *edm, u, {1}, labels), u + 10 + 10 * shift), 1e-14);
  EXPECT_LT(distance(predict(*hot, *edm, u, {1}), u), 1e-15);
  EXPECT_EQ(hot->class_weights(), (std::vector<double>{1, 1}));
  const auto guided = model("{name: classifier_free, scale: 3, model: " +
                            yaml(index, "labels: index, classes: 2, null_label: 2") + "}");
  EXPECT_LT(distance(predict(*guided, *edm, u, {1}, labels), (u + 2) + 3 * (shift - 2)), 1e-14);
}

TEST_F(TorchScript, a_table_of_conditions_is_looked_up_by_label) {
  store::PartFile file(folder / "prompts.h5");
  file.file().root().write("embedding", {{"prompt", 3}, {"number", 2}},
                           std::vector<double>{1, 2, 30, 40, 500, 600});
  file.commit();
  const auto edm = test::process("{name: edm}");
  const auto network =
      model(yaml(save("def forward(self, x, t, e):\n    return x + e\n"),
                 "labels: table, classes: 2, null_label: 2, conditions_file: '" +
                     (folder / "prompts.h5").string() + "', conditions_dataset: /embedding"));
  const at::Tensor u = states(4);
  const at::Tensor d = predict(*network, *edm, u, {1}, {1, 0, 0, 1}) - u;
  EXPECT_LT(distance(d[0], at::tensor({30.0, 40.0})), 1e-13);
  EXPECT_LT(distance(d[1], at::tensor({1.0, 2.0})), 1e-13);
  EXPECT_LT(distance((predict(*network, *edm, u, {1}) - u)[2], at::tensor({500.0, 600.0})), 1e-12);
}

TEST_F(TorchScript, two_slots_lie_side_by_side) {
  const auto cld = test::process("{name: cld}");
  const auto network = model(yaml(
      save("def forward(self, x, t):\n    return x[:, 2:] * 2 + x[:, :2]\n"), "predicts: form"));
  const at::Tensor u = states(3, 2);
  const at::Tensor out = predict(*network, *cld, u, {0.5});
  EXPECT_LT(distance(out.select(1, 1), 2 * u.select(1, 1) + u.select(1, 0)), 1e-15);
  EXPECT_EQ(out.select(1, 0).abs().max().item<double>(), 0);
}

TEST_F(TorchScript, runs_in_its_own_type) {
  const auto edm = test::process("{name: edm}");
  const std::string file = save(linear);
  const auto typed = [&](const std::string& type) {
    return model("{name: torchscript, file: '" + file + "', shape: [2], dtype: " + type + "}");
  };
  const at::Tensor u = states(4), exact = 0.75 * u + 0.3;
  const at::Tensor single = predict(*typed("float32"), *edm, u, {0.3});
  const at::Tensor half = predict(*typed("bfloat16"), *edm, u, {0.3});
  EXPECT_EQ(single.scalar_type(), at::kFloat);
  EXPECT_EQ(half.scalar_type(), at::kFloat);
  EXPECT_LT(distance(single, exact), 2e-7);
  EXPECT_GT(distance(half, exact), 1e-5);
  EXPECT_LT(distance(half, exact), 2e-2);
}

// A whole run: the same samples for other numbers of them, again after the module has run often.
TEST_F(TorchScript, samples_do_not_depend_on_how_many_there_are) {
  const std::string file = save(R"(
def forward(self, x, t):
    s = t.reshape(-1, 1)
    return torch.tanh(self.w * x / torch.sqrt(1 + s * s)) * torch.sigmoid(x) + 0.1 * x / (1 + s)
)");
  const auto samples = [&](int count, const std::string& name) {
    std::vector<std::string> overrides = {"~sweep",
                                          "reference=null",
                                          "model=torchscript",
                                          "model.file='" + file + "'",
                                          "model.shape=[2]",
                                          "steps=6",
                                          "microbatch=8",
                                          "samples=" + std::to_string(count)};
    ReferenceCache references;
    run_experiment(compose_run(overrides), folder / name, name, registry(), references, false, {});
    return store::File::open(folder / name / "run.h5")
        .root()
        .dataset("samples/state")
        .read<double>();
  };
  const std::vector<double> all = samples(20, "all"), some = samples(11, "some");
  EXPECT_EQ(std::vector<double>(all.begin(), all.begin() + 22), some);
  EXPECT_EQ(samples(20, "again"), all);
}

TEST_F(TorchScript, mistakes_are_one_clear_message) {
  const auto edm = test::process("{name: edm}");
  const auto error = [&](const std::string& text) {
    return message_of<UsageError>([&] { model(text)->require_supports(*edm); });
  };
  EXPECT_TRUE(contains(error("{name: torchscript, shape: [2], weights: the weights of X}"),
                       "model.file is not set"));
  EXPECT_TRUE(contains(error("{name: torchscript, shape: [2], weights: the weights of X}"),
                       "needs the weights of X"));
  EXPECT_TRUE(contains(error(yaml((folder / "none.pt").string())), "there is no file"));
  write_text(folder / "text.pt", "not a module");
  EXPECT_TRUE(contains(error(yaml((folder / "text.pt").string())), "is not a TorchScript module"));
  const std::string file = save(linear);
  EXPECT_TRUE(contains(error(yaml(file, "sha256: abc")), "model.sha256 is abc"));
  const std::string hash = sha256_hex(read_text(file));
  EXPECT_EQ(error(yaml(file, "sha256: " + hash)), "no exception");
  EXPECT_TRUE(contains(error(yaml(file, "labels: index")), "model.classes"));
  EXPECT_TRUE(contains(error(yaml(file, "labels: index, classes: 3, null_label: 3")), "failed"));
  const std::string wide = save("def forward(self, x, t):\n    return torch.cat([x, x], 1)\n");
  EXPECT_TRUE(contains(error(yaml(wide)), "returns the shape [4, 4], but must return [4, 2]"));
  const std::string pair = save("def forward(self, x, t):\n    return x, x\n");
  EXPECT_TRUE(contains(error(yaml(pair)), "must return one tensor"));
  const auto trained = model(yaml(save(linear), "trained: [0.1, 80]"));
  EXPECT_TRUE(contains(message_of<UsageError>([&] { predict(*trained, *edm, states(4), {0.05}); }),
                       "trained for times 0.1 to 80"));
}

}  // namespace
}  // namespace strang::test
