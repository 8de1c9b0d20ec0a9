#include "experiments/labels.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/config/dump.h"
#include "core/error.h"
#include "core/options.h"
#include "core/program/noise_key.h"
#include "core/sampling/model.h"
#include "core/store/hdf5.h"

namespace strang {
namespace {

class OneLabel final : public Labels {
 public:
  explicit OneLabel(std::int64_t label) : label_(label) {}
  std::int64_t of(std::int64_t) const override { return label_; }

 private:
  std::int64_t label_;
};

// Position `choice` of a law over `cumulative.size()` things, from one normal draw of the sample.
class RandomLabels final : public Labels {
 public:
  // things[k] is drawn with the weight weights[k].
  RandomLabels(std::uint64_t key, std::vector<std::int64_t> things,
               const std::vector<double>& weights, std::int64_t samples)
      : key_(key), things_(std::move(things)) {
    double total = 0;
    for (const double weight : weights) cumulative_.push_back(total += weight);
    for (std::int64_t sample = 0; sample < samples; ++sample) known_.push_back(draw(sample));
  }

  std::int64_t of(std::int64_t sample) const override {
    return sample < std::ssize(known_) ? known_[sample] : draw(sample);
  }

 private:
  std::int64_t draw(std::int64_t sample) const {
    double normal = 0;
    draw_normals(key_, sample, 1, &normal);
    const double position = 0.5 * std::erfc(-normal / std::sqrt(2.0)) * cumulative_.back();
    const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), position);
    return things_[std::min<std::ptrdiff_t>(found - cumulative_.begin(), std::ssize(things_) - 1)];
  }

  std::uint64_t key_;
  std::vector<std::int64_t> things_;
  std::vector<double> cumulative_;
  std::vector<std::int64_t> known_;
};

class ListedLabels final : public Labels {
 public:
  ListedLabels(std::vector<std::int64_t> labels, std::string origin)
      : labels_(std::move(labels)), origin_(std::move(origin)) {}

  std::int64_t of(std::int64_t sample) const override {
    require(sample < std::ssize(labels_), "{} holds {} labels, but sample {} is asked for", origin_,
            labels_.size(), sample);
    return labels_[sample];
  }

 private:
  std::vector<std::int64_t> labels_;
  std::string origin_;
};

struct LabelFile {
  std::string file, dataset;
};

LabelFile read_file_options(const config::Node& node, const std::string& where) {
  LabelFile data;
  read_options(node, where, [&](OptionVisitor& v) {
    v.path("file", data.file, "HDF5 file");
    v.field("dataset", data.dataset, "path of the dataset in the file");
  });
  require(!data.file.empty() && !data.dataset.empty(), "{}: '{}' needs 'file' and 'dataset'",
          node.origin().describe(), where);
  return data;
}

void require_form(const config::Node& node, const std::string& where,
                  const std::vector<std::string>& words, bool numbers) {
  if (node.is_map()) {
    read_file_options(node, where);
    return;
  }
  const bool known = (node.is_int() && numbers && node.integer() >= 0) ||
                     (node.is_string() && std::count(words.begin(), words.end(), node.text()) > 0);
  require(known, "{}: '{}' is {}: allowed are {}{{file, dataset}}, {}{}", node.origin().describe(),
          where, config::canonical(node), numbers ? "a class 0, 1, ..., " : "",
          fmt::join(words, ", "), node.is_string() ? did_you_mean(node.text(), words) : "");
}

// The labels of a file, all of them classes of the model.
std::vector<std::int64_t> read_labels(const LabelFile& data, std::size_t classes) {
  const store::File file = store::File::open(data.file);
  const store::Dataset dataset = file.root().dataset(data.dataset);
  std::vector<std::int64_t> labels;
  for (const double value : dataset.read<double>()) {
    require(value >= 0 && value < static_cast<double>(classes) && value == std::floor(value),
            "{}: {} holds the label {:g}; those of the model are 0 to {}", data.file, data.dataset,
            value, classes - 1);
    labels.push_back(static_cast<std::int64_t>(value));
  }
  require(!labels.empty(), "{}: {} holds no labels", data.file, data.dataset);
  return labels;
}

std::uint64_t key_of(LabelUse use, std::int64_t seed) {
  return hash(
      {static_cast<std::uint64_t>(seed), Domain::label, 0, 0, use == LabelUse::fit ? 1 : 0});
}

std::unique_ptr<Labels> labels_from_file(const LabelOptions& options, LabelUse use,
                                         std::int64_t seed, std::int64_t samples,
                                         std::size_t classes) {
  const bool sampled = use == LabelUse::fit && options.fit.is_string();
  const LabelFile data = use == LabelUse::fit && options.fit.is_map()
                             ? read_file_options(options.fit, "labels.fit")
                             : read_file_options(options.source, "labels.source");
  std::vector<std::int64_t> labels = read_labels(data, classes);
  if (sampled) {
    const std::vector<double> weights(labels.size(), 1.0);
    return std::make_unique<RandomLabels>(key_of(use, seed), std::move(labels), weights, samples);
  }
  require(use == LabelUse::fit || std::ssize(labels) >= samples,
          "{}: {} holds {} labels, the run has {} samples", data.file, data.dataset, labels.size(),
          samples);
  return std::make_unique<ListedLabels>(std::move(labels), data.file + ": " + data.dataset);
}

}  // namespace

LabelOptions LabelOptions::read(const config::Node& node) {
  LabelOptions options;
  if (node.is_null()) return options;
  options.source = node;
  if (node.is_map())
    read_options(node, "labels", [&](OptionVisitor& v) {
      options.source = config::Node();
      v.field("source", options.source, "");
      v.field("fit", options.fit, "");
    });
  if (options.source.is_null()) return options;
  require_form(options.source, "labels.source", {"uniform", "weighted"}, true);
  require_form(options.fit, "labels.fit", {"sampled", "fixed"}, false);
  return options;
}

config::Node LabelOptions::write() const {
  if (!present()) return {};
  config::Node map{config::Node::Map{}};
  map.set("source", source);
  map.set("fit", fit);
  return map;
}

std::unique_ptr<Labels> make_labels(const LabelOptions& options, LabelUse use, std::int64_t seed,
                                    std::int64_t samples, const Model& model) {
  const std::vector<double> weights = model.class_weights();
  if (!options.present()) {
    require(!model.needs_labels(),
            "'labels' is null, but this model guides towards classes: set labels to a class 0 to "
            "{}, uniform, weighted or {{source: {{file, dataset}}}}",
            weights.empty() ? 0 : weights.size() - 1);
    return nullptr;
  }
  require(!weights.empty(),
          "{}: 'labels' is {}, but the model tells no classes apart: give a conditional model "
          "(gaussian_mixture with 'classes', dataset with 'conditional', torchscript with "
          "'labels'), or labels=null",
          options.source.origin().describe(), config::canonical(options.source));
  const bool fixed = options.fit.is_string() && options.fit.text() == "fixed";
  if (use == LabelUse::fit && fixed) use = LabelUse::run;
  if (options.source.is_map() || (use == LabelUse::fit && options.fit.is_map()))
    return labels_from_file(options, use, seed, samples, weights.size());
  if (options.source.is_int()) {
    require(options.source.integer() < std::ssize(weights),
            "{}: 'labels' is {}; those of the model are 0 to {}",
            options.source.origin().describe(), options.source.integer(), weights.size() - 1);
    return std::make_unique<OneLabel>(options.source.integer());
  }
  std::vector<std::int64_t> classes(weights.size());
  for (std::size_t i = 0; i < classes.size(); ++i) classes[i] = static_cast<std::int64_t>(i);
  const bool weighted = options.source.text() == "weighted";
  return std::make_unique<RandomLabels>(
      key_of(use, seed), std::move(classes),
      weighted ? weights : std::vector<double>(weights.size(), 1.0), samples);
}

}  // namespace strang
