#include "experiments/features.h"

#include <algorithm>
#include <utility>

#include "core/config/dump.h"
#include "core/error.h"
#include "core/sampling/samples.h"

namespace strang {
namespace {

// The shape of the images that the extractor is given.
std::vector<std::int64_t> shape_after(const ProtocolOptions& p, std::vector<std::int64_t> event) {
  if (event.size() != 3) {
    require(!p.resize && p.colour == "keep" && !p.quantize,
            "features: samples of shape [{}] are no images: set features.protocol.quantize=false, "
            "and leave resize and colour alone",
            fmt::join(event, ", "));
    return event;
  }
  if (p.resize) event[1] = event[2] = *p.resize;
  const std::int64_t expected = p.colour == "rgb" ? 1 : p.colour == "grey" ? 3 : event[0];
  require(event[0] == expected, "features.protocol.colour is {}: images have {} channels, not {}",
          p.colour, event[0], expected);
  if (p.colour != "keep") event[0] = p.colour == "rgb" ? 3 : 1;
  return event;
}

std::map<std::string, std::string> describe(const ProtocolOptions& p, const Extractor& extractor,
                                            double low, double high) {
  std::map<std::string, std::string> described = {
      {"extractor_hash", extractor.hash()},
      {"resize", p.resize ? fmt::format("{} bilinear antialiased", *p.resize) : "none"},
      {"quantize", p.quantize ? "8 bit" : "none"},
      {"colour", p.colour},
      {"low", fmt::format("{}", low)},
      {"high", fmt::format("{}", high)},
      {"batch", fmt::format("{}", p.batch)}};
  if (!p.split.empty()) described["split"] = p.split;
  return described;
}

// Moments of each class, merged like those of all.
class ClassMoments {
 public:
  void add(std::int64_t block, const at::Tensor& features, const at::Tensor& labels) {
    const std::int64_t largest = labels.max().item<std::int64_t>();
    dimension_ = features.size(1);
    if (largest >= std::ssize(trees_)) trees_.resize(static_cast<std::size_t>(largest) + 1);
    for (std::size_t c = 0; c < trees_.size(); ++c) {
      const at::Tensor rows = labels.eq(static_cast<std::int64_t>(c)).nonzero().squeeze(1);
      if (rows.size(0) > 0)
        trees_[c].add(block, analysis::moments_of(features.index_select(0, rows)));
    }
  }
  std::vector<analysis::Moments> total() const {
    std::vector<analysis::Moments> all;
    for (const analysis::MomentTree& tree : trees_)
      all.push_back(tree.empty() ? analysis::moments_of(at::empty({0, dimension_})) : tree.total());
    return all;
  }

 private:
  std::int64_t dimension_ = 0;
  std::vector<analysis::MomentTree> trees_;
};

Samples load_dataset(const config::Node& node, const Registry& registry) {
  const auto dataset = registry.datasets.build(node, "features.against", registry).object;
  try {
    return dataset->load();
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("features.against.{}", error.what()));
  }
}

}  // namespace

FeatureExtraction::FeatureExtraction(std::shared_ptr<const Extractor> extractor, std::string name,
                                     ProtocolOptions protocol,
                                     const std::vector<std::int64_t>& event)
    : extractor_(std::move(extractor)),
      name_(std::move(name)),
      protocol_(std::move(protocol)),
      event_(event),
      dimension_(extractor_->dimension(shape_after(protocol_, event))) {}

at::Tensor FeatureExtraction::prepare(const at::Tensor& images, double low, double high) const {
  at::Tensor x = images.to(at::kDouble);
  if (low != -1 || high != 1) x = (x - low) * (2 / (high - low)) - 1;
  if (protocol_.quantize) x = ((x + 1) * 127.5 + 0.5).floor_().clamp_(0, 255).div_(127.5).sub_(1);
  x = x.to(at::kFloat);
  if (protocol_.resize)
    x = at::_upsample_bilinear2d_aa(x, {*protocol_.resize, *protocol_.resize}, false);
  if (protocol_.colour == "rgb") return x.expand({-1, 3, -1, -1}).contiguous();
  if (protocol_.colour == "grey")
    return (x * at::tensor({0.299f, 0.587f, 0.114f}).view({1, 3, 1, 1})).sum(1, true);
  return x.contiguous();
}

void FeatureExtraction::extract(const at::Tensor& images, double low, double high,
                                const Extracted& out) const {
  const std::int64_t batch = protocol_.batch, n = images.size(0), classes = extractor_->classes();
  std::vector<std::int64_t> shape = {batch};
  shape.insert(shape.end(), event_.begin(), event_.end());
  const at::Tensor padded = at::full(shape, low, images.options());
  const at::Tensor found = at::empty({batch, dimension_}, at::kFloat);
  const at::Tensor scores = classes > 0 ? at::empty({batch, classes}, at::kFloat) : at::Tensor();
  for (std::int64_t first = 0; first < n; first += batch) {
    const std::int64_t rows = std::min(batch, n - first);
    if (rows < batch) padded.fill_(low);
    padded.narrow(0, 0, rows).copy_(images.narrow(0, first, rows));
    extractor_->extract(prepare(padded, low, high), found, scores);
    out.values.narrow(0, first, rows).copy_(found.narrow(0, 0, rows));
    if (classes > 0) out.logits.narrow(0, first, rows).copy_(scores.narrow(0, 0, rows));
  }
}

analysis::FeatureStatistics FeatureExtraction::blank(double low, double high,
                                                     const std::string& origin) const {
  analysis::FeatureStatistics s;
  s.origin = origin;
  s.extractor = name_;
  s.protocol = describe(protocol_, *extractor_, low, high);
  s.moments.mean = at::zeros({dimension_}, at::kDouble);
  return s;
}

Extracted FeatureExtraction::extract(const at::Tensor& images, double low, double high,
                                     const std::string& origin) const {
  const std::int64_t n = images.size(0), classes = extractor_->classes();
  const Extracted all{at::empty({n, dimension_}, at::kFloat),
                      classes > 0 ? at::empty({n, classes}, at::kFloat) : at::Tensor()};
  extract(images, low, high, all);
  ensure(at::isfinite(all.values).all().item<bool>(),
         "features: extractor '{}' gave values that are not finite for {}", name_, origin);
  return all;
}

analysis::FeatureStatistics FeatureExtraction::measure(const at::Tensor& images,
                                                       const at::Tensor& labels, double low,
                                                       double high,
                                                       const std::string& origin) const {
  require(images.size(0) >= 2, "features: statistics need at least 2 images, found {}",
          images.size(0));
  return statistics(extract(images, low, high, origin), labels, low, high, origin);
}

analysis::FeatureStatistics FeatureExtraction::statistics(Extracted all, const at::Tensor& labels,
                                                          double low, double high,
                                                          const std::string& origin) const {
  const std::int64_t n = all.values.size(0), classes = extractor_->classes();
  const at::Tensor logits = all.logits;
  analysis::FeatureStatistics s = blank(low, high, origin);
  s.values = std::move(all.values);
  analysis::MomentTree tree;
  ClassMoments by_class;
  for (std::int64_t first = 0, block = 0; first < n; first += protocol_.batch, ++block) {
    const std::int64_t rows = std::min(protocol_.batch, n - first);
    const at::Tensor part = s.values.narrow(0, first, rows);
    tree.add(block, analysis::moments_of(part));
    if (labels.defined()) by_class.add(block, part, labels.narrow(0, first, rows));
  }
  s.moments = tree.total();
  if (labels.defined()) s.classes = by_class.total();
  if (classes == 0) return s;
  const at::Tensor best = logits.argmax(1);
  for (std::int64_t c = 0; c < classes; ++c)
    s.predicted.push_back(best.eq(c).sum().item<double>() / static_cast<double>(n));
  if (labels.defined()) s.accuracy = best.eq(labels).sum().item<double>() / static_cast<double>(n);
  return s;
}

std::shared_ptr<const Extractor> build_extractor(const FeatureOptions& options,
                                                 const Registry& registry, config::Node* resolved) {
  auto built = registry.features.build(options.extractor, "features.extractor", registry);
  if (resolved != nullptr) *resolved = std::move(built.options);
  return std::move(built.object);
}

ResultKeeper::ResultKeeper(std::int64_t samples, const std::vector<std::int64_t>& event) {
  std::vector<std::int64_t> shape = {samples};
  shape.insert(shape.end(), event.begin(), event.end());
  images_ = at::zeros(shape, at::kFloat);
}

void ResultKeeper::result(const at::Tensor& state, Rows rows) {
  const std::int64_t kept = std::clamp<std::int64_t>(images_.size(0) - rows.first, 0, rows.valid);
  if (kept > 0) images_.narrow(0, rows.first, kept).copy_(state.narrow(0, 0, kept).select(1, 0));
}

std::shared_ptr<const analysis::FeatureStatistics> FeatureReferences::get(
    const FeatureOptions& options, const FeatureExtraction& extraction, const Registry& registry) {
  if (options.against.is_null()) return nullptr;
  const std::string name = options.extractor.find("name")->text();
  const ReferenceSource source = read_reference_source(options.against);
  if (!source.file.empty()) {
    auto read = std::make_shared<const analysis::FeatureStatistics>(
        analysis::read_feature_statistics(source.file, source.key, name));
    require_comparable(extraction.blank(options.protocol.low, options.protocol.high, "the run"),
                       *read);
    return read;
  }
  config::Node key{config::Node::Map{}};
  key.set("extractor", options.extractor);
  key.set("dataset", source.dataset);
  ProtocolOptions protocol = extraction.protocol();
  key.set("protocol", write_options([&](OptionVisitor& v) { protocol.fields(v); }));
  const std::string text = config::canonical(key);
  for (const Kept& kept : kept_)
    if (kept.key == text) return kept.statistics;
  const Samples data = load_dataset(source.dataset, registry);
  const std::vector<std::int64_t> event = data.values.sizes().slice(1).vec();
  require(event == extraction.event(),
          "features.against: the dataset's images have the shape [{}], the samples [{}]",
          fmt::join(event, ", "), fmt::join(extraction.event(), ", "));
  kept_.push_back({text, std::make_shared<const analysis::FeatureStatistics>(
                             extraction.measure(data.values, data.labels, data.low, data.high,
                                                config::canonical(source.dataset)))});
  return kept_.back().statistics;
}

}  // namespace strang
