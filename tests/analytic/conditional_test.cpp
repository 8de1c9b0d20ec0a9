// Exact conditional models and classifier-free guidance of them.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/config/yaml.h"
#include "core/error.h"
#include "core/sampling/field.h"
#include "core/sampling/samples.h"
#include "models/analytic/dataset_denoiser.h"
#include "tests/analytic/denoise.h"
#include "tests/files/message.h"
#include "tests/processes/plugins.h"

namespace strang::test {
namespace {

const std::string shared_part =
    "weights: [1, 2, 3, 4], means: [[1, 0], [0, 1], [-1, 0], [0, -1]], variances: [[0.1, 0.2], "
    "[0.2, 0.1], [0.3, 0.1], [0.1, 0.1]]";
const std::string mixture = "{name: gaussian_mixture, classes: [0, 1, 0, 2], " + shared_part + "}";

std::unique_ptr<Model> build(const std::string& yaml) { return test::model(yaml); }

std::string guided(const std::string& options) {
  return "{name: classifier_free, model: " + mixture + ", " + options + "}";
}

at::Tensor states(std::int64_t rows, std::int64_t slots = 1, at::IntArrayRef event = {2}) {
  std::vector<std::int64_t> shape = {rows, slots};
  shape.insert(shape.end(), event.begin(), event.end());
  const std::int64_t n = c10::multiply_integers(shape);
  return at::sin(at::arange(n, at::kDouble) * 12.9898).mul(1.5).view(shape);
}

at::Tensor predict(const Model& model, const Process& process, const at::Tensor& u,
                   const std::vector<double>& times, const std::vector<std::int64_t>& labels,
                   std::int64_t valid = -1) {
  at::Tensor out = at::full_like(u, 7.0);
  model.predict({process, times, u, out, {0, valid < 0 ? u.size(0) : valid}, labels});
  return out;
}

TEST(conditional, a_label_restricts_the_mixture_to_its_components) {
  const auto process = test::process("{name: edm}");
  const auto model = build(mixture), whole = build("{name: gaussian_mixture, " + shared_part + "}");
  const auto zero = build(
      "{name: gaussian_mixture, weights: [1, 3], means: [[1, 0], [-1, 0]], variances: [[0.1, 0.2], "
      "[0.3, 0.1]]}");
  const auto two = build("{name: gaussian_mixture, means: [[0, -1]], variances: [[0.1, 0.1]]}");
  const at::Tensor u = states(7);
  const std::vector<std::int64_t> labels = {0, 2, 1, 0, 2, 2, 0};
  const at::Tensor d = predict(*model, *process, u, {0.5}, labels);
  const at::Tensor d0 = denoise(*zero, *process, u, 0.5), d2 = denoise(*two, *process, u, 0.5);
  for (int row = 0; row < 7; ++row) {
    if (labels[row] == 0) {
      EXPECT_TRUE(at::equal(d[row], d0[row])) << row;
    }
    if (labels[row] == 2) {
      EXPECT_LT((d[row] - d2[row]).abs().max().item<double>(), 1e-14) << row;
    }
  }
  EXPECT_TRUE(
      at::equal(predict(*model, *process, u, {0.5}, {}), denoise(*whole, *process, u, 0.5)));
  EXPECT_EQ(model->class_weights(), (std::vector<double>{4, 2, 4}));
  EXPECT_TRUE(whole->class_weights().empty());
}

// The bits of a row: not those of the labels beside it, nor of how many rows there are.
void expect_rows_alone(const Model& model, const Process& process, const at::Tensor& u,
                       const std::vector<double>& times) {
  const std::int64_t rows = u.size(0);
  std::vector<std::int64_t> labels(rows), others(rows);
  for (std::int64_t row = 0; row < rows; ++row) {
    labels[row] = row * 7 % 3;
    others[row] = row < 3 ? labels[row] : 1;
  }
  const at::Tensor all = predict(model, process, u, times, labels);
  const at::Tensor fewer = predict(model, process, u, times, labels, 5);
  const at::Tensor changed = predict(model, process, u, times, others);
  EXPECT_TRUE(at::equal(all.narrow(0, 0, 5), fewer.narrow(0, 0, 5)));
  EXPECT_TRUE(at::isfinite(fewer).all().item<bool>());
  EXPECT_TRUE(at::equal(all.narrow(0, 0, 3), changed.narrow(0, 0, 3)));
  const std::vector<std::int64_t> one(rows, labels[1]);
  EXPECT_TRUE(at::equal(all[1], predict(model, process, u, times, one)[1]));
}

TEST(conditional, rows_do_not_depend_on_their_neighbours) {
  const auto process = test::process("{name: vp}");
  std::vector<double> each;
  for (int row = 0; row < 16; ++row) each.push_back(0.1 + 0.05 * row);
  for (const auto& times : {std::vector<double>{0.4}, each}) {
    expect_rows_alone(*build(mixture), *process, states(16), times);
    expect_rows_alone(*build(guided("scale: 3, interval: [0.2, 0.5]")), *process, states(16),
                      times);
    expect_rows_alone(
        *build("{name: dataset, conditional: true, data: {name: procedural, count: 90, "
               "size: 8}}"),
        *process, states(16, 1, {1, 8, 8}).to(at::kFloat), times);
  }
}

TEST(conditional, a_dataset_answers_from_the_data_of_the_label) {
  const std::string data = "{name: procedural, count: 60, size: 8}";
  const auto process = test::process("{name: edm}");
  const auto model = build("{name: dataset, conditional: true, data: " + data + "}");
  const Samples all = registry()
                          .datasets.build(config::parse_yaml(data, "test"), "data", registry())
                          .object->load();
  const at::Tensor u = states(6, 1, {1, 8, 8});
  for (const std::int64_t label : {0, 3}) {
    const at::Tensor rows = at::nonzero(all.labels == label).flatten();
    const DatasetDenoiser part(all.values.index_select(0, rows), 2048);
    const std::vector<std::int64_t> labels(6, label);
    EXPECT_TRUE(
        at::equal(predict(*model, *process, u, {0.7}, labels), denoise(part, *process, u, 0.7)));
  }
  EXPECT_EQ(model->class_weights().size(), 4u);
}

TEST(guidance, is_the_line_through_both_predictions) {
  const auto process = test::process("{name: vp}");
  const at::Tensor u = states(6);
  const std::vector<std::int64_t> labels = {0, 1, 2, 2, 1, 0};
  const auto model = build(mixture);
  const at::Tensor c = predict(*model, *process, u, {0.3}, labels);
  const at::Tensor free = predict(*model, *process, u, {0.3}, {});
  const auto at_scale = [&](const std::string& options) {
    return predict(*build(guided(options)), *process, u, {0.3}, labels);
  };
  EXPECT_TRUE(at::equal(at_scale("scale: 1"), c));
  EXPECT_TRUE(at::equal(at_scale("scale: 0, convention: weight"), c));
  const at::Tensor expected = free + 4 * (c - free);
  EXPECT_LT((at_scale("scale: 4") - expected).abs().max().item<double>(), 1e-14);
  EXPECT_TRUE(at::equal(at_scale("scale: 4"), at_scale("scale: 3, convention: weight")));
  EXPECT_TRUE(at::equal(at_scale("scale: 0"), free));
  EXPECT_GT((expected - c).abs().max().item<double>(), 0.01);
}

TEST(guidance, every_view_is_guided) {
  const auto process = test::process("{name: vp}");
  const auto model = build(mixture), network = build(guided("scale: 2.5"));
  const at::Tensor u = states(5);
  const std::vector<std::int64_t> labels = {0, 1, 2, 2, 1};
  const std::vector<double> times = {0.6};
  for (const View view : {View::data, View::noise, View::score, View::velocity}) {
    const auto evaluate = [&](const Model& m, const std::vector<std::int64_t>& given) {
      at::Tensor out = at::empty_like(u);
      Field(*process, m).evaluate(view, {*process, times, u, out, {0, 5}, given});
      return out;
    };
    const at::Tensor c = evaluate(*model, labels), free = evaluate(*model, {});
    const at::Tensor expected = free + 2.5 * (c - free);
    EXPECT_LT((evaluate(*network, labels) - expected).abs().max().item<double>(), 1e-12);
  }
}

TEST(guidance, acts_in_its_interval_and_counts_calls_there) {
  const auto process = test::process("{name: vp}");
  const auto inside = build(guided("scale: 3, interval: [0.2, 0.5]")),
             all = build(guided("scale: 3"));
  const auto model = build(mixture);
  const at::Tensor u = states(3);
  const std::vector<std::int64_t> labels = {0, 1, 2};
  EXPECT_TRUE(at::equal(predict(*inside, *process, u, {0.5}, labels),
                        predict(*all, *process, u, {0.5}, labels)));
  EXPECT_TRUE(at::equal(predict(*inside, *process, u, {0.51}, labels),
                        predict(*model, *process, u, {0.51}, labels)));
  const at::Tensor each = predict(*inside, *process, u, {0.1, 0.3, 0.9}, labels);
  EXPECT_TRUE(at::equal(each[0], predict(*model, *process, u, {0.1}, labels)[0]));
  EXPECT_LT((each[1] - predict(*all, *process, u, {0.3}, labels)[1]).abs().max().item<double>(),
            1e-15);
  EXPECT_EQ(inside->calls(*process, 0.3), 2);
  EXPECT_EQ(inside->calls(*process, 0.6), 1);
  EXPECT_EQ(model->calls(*process, 0.3), 1);
  EXPECT_EQ(build(guided("scale: 1"))->calls(*process, 0.3), 1);
}

TEST(conditional, wrong_options_say_what_is_needed) {
  const auto error = [](const std::string& yaml) {
    return message_of<UsageError>([&] { build(yaml); });
  };
  EXPECT_TRUE(
      contains(error("{name: gaussian_mixture, classes: [0, 1, 3, 1], " + shared_part + "}"),
               "class 2 of 4 has no component"));
  EXPECT_TRUE(
      contains(error("{name: gaussian_mixture, classes: [0, 0.5, 1, 1], " + shared_part + "}"),
               "labels are 0, 1, 2"));
  EXPECT_TRUE(contains(
      error("{name: classifier_free, model: {name: gaussian_mixture, " + shared_part + "}}"),
      "tells no classes apart"));
  EXPECT_TRUE(contains(error(guided("interval: [0.5, 0.2]")), "from <= to"));
  EXPECT_TRUE(contains(error("{name: classifier_free}"), "model.model is not set"));
}

}  // namespace
}  // namespace strang::test
