#include "analysis/feature_statistics.h"

#include <algorithm>

#include "core/error.h"
#include "core/files/safetensors.h"
#include "core/store/file.h"
#include "core/store/tensors.h"

namespace strang::analysis {
namespace {

constexpr const char* protocol_prefix = "protocol_";
constexpr const char* folder = "/features";

// Sound moments from a mean and a covariance.
Moments from_covariance(const std::string& where, std::int64_t n, const at::Tensor& mean,
                        const at::Tensor& covariance) {
  require(mean.dim() == 1 && covariance.dim() == 2 && covariance.size(0) == mean.size(0) &&
              covariance.size(1) == mean.size(0),
          "{}: a mean [{}] does not go with a covariance [{}]", where,
          fmt::join(mean.sizes(), ", "), fmt::join(covariance.sizes(), ", "));
  require(n >= 2, "{}: statistics of {} images; at least 2 are needed", where, n);
  require(at::isfinite(mean).all().item<bool>() && at::isfinite(covariance).all().item<bool>(),
          "{}: mean or covariance hold values that are not finite", where);
  return {n, mean, covariance * static_cast<double>(n - 1)};
}

at::Tensor covariance_or_zero(const Moments& m) {
  return m.n >= 2 ? m.covariance() : at::zeros_like(m.scatter);
}

// [class] counts, [class, d] means, [class, d, d] covariances.
void write_classes(const std::vector<Moments>& classes, store::Group& group, std::int64_t d) {
  const auto count = std::ssize(classes);
  std::vector<std::int64_t> n;
  std::vector<at::Tensor> means, covariances;
  for (const Moments& m : classes) {
    n.push_back(m.n);
    means.push_back(m.mean);
    covariances.push_back(covariance_or_zero(m));
  }
  group.write("class_n", {{"class", count}}, n);
  group.write("class_mean", {{"class", count}, {"feature", d}}, store::view_of(at::stack(means)));
  group.write("class_cov", {{"class", count}, {"feature", d}, {"other_feature", d}},
              store::view_of(at::stack(covariances)));
}

std::vector<Moments> read_classes(const store::Group& group) {
  std::vector<Moments> classes;
  if (!group.has("class_n")) return classes;
  const auto n = group.dataset("class_n").read<std::int64_t>();
  const at::Tensor means = store::read_tensor(group.dataset("class_mean"), at::kDouble);
  const at::Tensor covariances = store::read_tensor(group.dataset("class_cov"), at::kDouble);
  for (std::size_t c = 0; c < n.size(); ++c) {
    const auto i = static_cast<std::int64_t>(c);
    classes.push_back({n[c], means[i],
                       covariances[i] * static_cast<double>(std::max<std::int64_t>(n[c] - 1, 0))});
  }
  return classes;
}

FeatureStatistics read_group(const store::Group& group, const std::string& name) {
  FeatureStatistics s;
  s.origin = group.where();
  s.extractor = group.has_attribute("extractor") ? group.attribute<std::string>("extractor") : name;
  for (const std::string& key : group.attribute_names())
    if (key.rfind(protocol_prefix, 0) == 0)
      s.protocol[key.substr(std::string(protocol_prefix).size())] =
          group.attribute<std::string>(key);
  s.moments = from_covariance(s.origin, group.attribute<std::int64_t>("n"),
                              store::read_tensor(group.dataset("mean"), at::kDouble),
                              store::read_tensor(group.dataset("cov"), at::kDouble));
  if (group.has("values")) {
    const store::Dataset values = group.dataset("values");
    values.require_shape({s.moments.n, s.moments.dimension()});
    s.values = store::read_tensor(values, at::kFloat);
  }
  s.classes = read_classes(group);
  if (group.has("predicted")) s.predicted = group.dataset("predicted").read<double>();
  if (group.has_attribute("accuracy")) s.accuracy = group.attribute<double>("accuracy");
  return s;
}

// The one of `names` that is meant.
std::string choose(const std::string& path, const std::string& key, const std::string& preferred,
                   const std::vector<std::string>& names) {
  const auto known = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  require(!names.empty(), "{}: holds no feature statistics", path);
  if (key.empty() && names.size() == 1) return names[0];
  const std::string& wanted = key.empty() ? preferred : key;
  require(known(wanted), "{}: {}{}; it holds {}", path,
          key.empty() ? std::string("say which feature statistics are meant (a key)")
                      : fmt::format("there are no feature statistics '{}'", key),
          did_you_mean(wanted, names), fmt::join(names, ", "));
  return wanted;
}

FeatureStatistics read_safetensors(const std::string& path, const std::string& key) {
  const files::Safetensors file = files::Safetensors::read(path);
  std::vector<std::string> keys;
  for (const std::string& name : file.names())
    if (name.size() > 3 && name.ends_with(".mu")) keys.push_back(name.substr(0, name.size() - 3));
  const std::string chosen = choose(path, key, "", keys);
  FeatureStatistics s;
  s.origin = fmt::format("{}: {}", path, chosen);
  const at::Tensor n = file.tensor(chosen + ".n");
  require(n.numel() == 1, "{}: '.n' must be one number", s.origin);
  s.moments = from_covariance(s.origin, n.to(at::kLong).item<std::int64_t>(),
                              file.tensor(chosen + ".mu").to(at::kDouble),
                              file.tensor(chosen + ".sigma").to(at::kDouble));
  return s;
}

}  // namespace

void write_feature_statistics(const FeatureStatistics& s, store::Group group, bool with_values) {
  const std::int64_t d = s.moments.dimension();
  group.set_attribute("n", s.moments.n);
  group.set_attribute("extractor", s.extractor);
  for (const auto& [key, value] : s.protocol) group.set_attribute(protocol_prefix + key, value);
  group.write("mean", {{"feature", d}}, store::view_of(s.moments.mean));
  group.write("cov", {{"feature", d}, {"other_feature", d}},
              store::view_of(s.moments.covariance()));
  if (with_values)
    group.write("values", {{"sample", s.moments.n}, {"feature", d}}, store::view_of(s.values));
  if (!s.classes.empty()) write_classes(s.classes, group, d);
  if (!s.predicted.empty())
    group.write("predicted", {{"class", std::ssize(s.predicted)}}, s.predicted);
  if (s.accuracy) group.set_attribute("accuracy", *s.accuracy);
}

FeatureStatistics read_feature_statistics(const std::string& path, const std::string& key,
                                          const std::string& preferred) {
  if (path.ends_with(".safetensors")) return read_safetensors(path, key);
  const store::File file = store::File::open(path);
  std::vector<std::string> names;
  if (file.root().has(folder)) names = file.root().group(folder).group_names();
  const std::string name = choose(path, key, preferred, names);
  return read_group(file.root().group(folder).group(name), name);
}

void require_comparable(const FeatureStatistics& a, const FeatureStatistics& b) {
  const auto differ = [&](const std::string& what, const auto& x, const auto& y) {
    throw UsageError(
        fmt::format("feature statistics cannot be compared: {} is {} in {}, but {} in {}", what, x,
                    a.origin, y, b.origin));
  };
  if (!a.extractor.empty() && !b.extractor.empty() && a.extractor != b.extractor)
    differ("the extractor", a.extractor, b.extractor);
  if (a.moments.dimension() != b.moments.dimension())
    differ("the number of features", a.moments.dimension(), b.moments.dimension());
  for (const auto& [key, value] : a.protocol) {
    const auto other = b.protocol.find(key);
    if (key != "split" && key != "low" && key != "high" && key != "batch" &&
        other != b.protocol.end() && other->second != value)
      differ(key, value, other->second);
  }
}

}  // namespace strang::analysis
