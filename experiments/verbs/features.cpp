#include "experiments/features.h"

#include <ATen/Parallel.h>

#include <cstdio>
#include <optional>

#include "analysis/text_table.h"
#include "core/config/dump.h"
#include "core/error.h"
#include "core/revision.h"
#include "core/sampling/samples.h"
#include "core/store/part_file.h"
#include "core/torch_check.h"
#include "experiments/command_line.h"
#include "experiments/config_report.h"
#include "experiments/provenance.h"
#include "experiments/spec.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

struct FeaturesSpec {
  std::string name, output;
  std::vector<std::string> plugins;
  std::optional<std::int64_t> threads;
  config::Node features, dataset;

  void fields(OptionVisitor& v) {
    v.field("name", name, "for tables and files");
    v.field("plugins", plugins, "shared modules to load");
    v.field("threads", threads, "threads of kernels; null: all cores").at_least(1);
    v.field("features", features, "extractor and protocol (docs/features.md)");
    v.field("dataset", dataset, "the images");
    v.field("output", output, "the file that is written");
  }
};

void write(const config::Node& config, const FeaturesSpec& spec,
           const analysis::FeatureStatistics& statistics, bool with_values) {
  store::PartFile file(spec.output, {.overwrite = true});  // asked before
  store::Group root = file.file().root();
  root.set_attribute("format", std::int64_t{1});
  root.set_attribute("name", spec.name);
  root.set_attribute("spec", config::dump(config));
  root.set_attribute("dataset", statistics.origin);
  root.set_attribute("strang_revision", std::string(revision()));
  root.set_attribute("dirty", revision_dirty());
  root.set_attribute("libtorch", loaded_libtorch().version);
  write_feature_statistics(
      statistics, root.create_group("features").create_group(statistics.extractor), with_values);
  file.commit();
}

void print_table(const analysis::FeatureStatistics& s, const std::string& path) {
  analysis::TextTable table({{"extractor", analysis::Align::left},
                             {"n"},
                             {"features"},
                             {"classes"},
                             {"accuracy", analysis::Align::right, 4},
                             {"trace of covariance", analysis::Align::right, 4}});
  table.add_row({s.extractor, s.moments.n, s.moments.dimension(), std::ssize(s.classes),
                 s.accuracy ? analysis::Cell(*s.accuracy) : analysis::Cell(),
                 s.moments.covariance().trace().item<double>()});
  std::printf("%s\nstatistics: %s\n", table.text().c_str(), path.c_str());
}

Samples load(const FeaturesSpec& spec, const Registry& registry, config::Node& resolved) {
  auto built = registry.datasets.build(plugin_map(spec.dataset), "dataset", registry);
  resolved.set("dataset", built.options);
  try {
    return built.object->load();
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("dataset.{}", error.what()));
  }
}

}  // namespace

// `strang features [overrides]`: the statistics of a dataset, to an HDF5 file that
// `features.against` and `strang analyze fid` read.
int verb_features(const std::vector<std::string>& arguments, Registry& registry) {
  const CommandLine line = CommandLine::parse("features", arguments, "features");
  if (line.help) {
    std::printf("strang features [flags] [key=value ...]: statistics of a dataset.\n\n%s\n",
                CommandLine::help_text().c_str());
    FeaturesSpec spec;
    print_options(list_options([&](OptionVisitor& v) { spec.fields(v); }));
    return 0;
  }
  const Composer composer(line, registry);
  if (print_view(composer, line)) return 0;
  config::Node config = composer.resolved(line.overrides);
  FeaturesSpec spec;
  read_options(config, "", [&](OptionVisitor& v) { spec.fields(v); });
  require(!spec.output.empty(), "'output' is not set: it names the file of the statistics");
  require_replaceable(spec.output, line.force);
  if (spec.threads) at::set_num_threads(static_cast<int>(*spec.threads));
  const FeatureOptions options = FeatureOptions::read(spec.features);
  require(options.present(), "'features' names no extractor: strang list features shows them");
  const auto extractor = build_extractor(options, registry);
  Samples data = load(spec, registry, config);
  if (options.samples) {
    require(*options.samples <= data.values.size(0),
            "features.samples is {}, but the dataset holds {} images", *options.samples,
            data.values.size(0));
    data.values = data.values.narrow(0, 0, *options.samples);
    if (data.labels.defined()) data.labels = data.labels.narrow(0, 0, *options.samples);
  }
  const FeatureExtraction extraction(extractor, options.extractor.find("name")->text(),
                                     options.protocol, data.values.sizes().slice(1).vec());
  const analysis::FeatureStatistics statistics = extraction.measure(
      data.values, data.labels, data.low, data.high, config::canonical(*config.find("dataset")));
  write(config, spec, statistics,
        options.keeps_values(statistics.moments.n, extraction.dimension()));
  print_table(statistics, spec.output);
  return 0;
}

}  // namespace strang
