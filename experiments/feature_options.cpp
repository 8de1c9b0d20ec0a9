#include "experiments/feature_options.h"

#include "core/error.h"
#include "experiments/spec.h"

namespace strang {
namespace {

using config::Node;

void section_fields(OptionVisitor& v, FeatureOptions& o, Node& protocol) {
  v.field("extractor", o.extractor, "what maps images to features; null: none");
  v.field("samples", o.samples, "the first so many of the run's samples; null: all").at_least(2);
  v.field("against", o.against,
          "what they are compared with: a statistics or run file, {file, key}, a dataset {name, "
          "...}, law (of an exact model's data, pixels alone); null: nothing");
  v.field("values", o.values, "whether the file keeps the vectors; auto: up to 16 MiB")
      .one_of({"auto", "always", "never"});
  v.field("protocol", protocol, "how images become input");
  v.field("bootstrap", o.comparison.bootstrap,
          "resamples for the interval; null: 1000 where min(n, features) <= 256, else none")
      .at_least(0);
  v.field("infinity", o.infinity,
          "extrapolation to infinitely many samples; auto: where min(n, features) <= 512")
      .one_of({"auto", "always", "never"});
  v.field("neighbours", o.comparison.neighbours, "k of precision, recall, density, coverage")
      .at_least(1);
  v.field("neighbour_samples", o.comparison.neighbour_samples,
          "the first so many of each set enter them; 0: none")
      .at_least(0);
  v.field("kernel_subset", o.comparison.kernel_subset, "largest subset of KID; 0: no KID")
      .at_least(0);
}

}  // namespace

void ProtocolOptions::fields(OptionVisitor& v) {
  v.field("low", low, "the samples' value of black");
  v.field("high", high, "the samples' value of white");
  v.field("quantize", quantize, "round to 8 bit, as an image file would");
  v.field("resize", resize, "side in pixels (bilinear, antialiased); null: as they are")
      .in(1, 4096);
  v.field("colour", colour, "rgb repeats grey, grey takes the luma of colour")
      .one_of({"keep", "rgb", "grey"});
  v.field("batch", batch, "images to one call, padded; part of the bits").in(4, 65536);
  v.field("split", split, "a note: which part of the data this is");
}

bool FeatureOptions::keeps_values(std::int64_t n, std::int64_t dimension) const {
  return values == "always" || (values == "auto" && n * dimension <= (std::int64_t{1} << 22));
}

FeatureOptions FeatureOptions::read(const Node& node) {
  FeatureOptions options;
  if (node.is_null()) return options;
  Node protocol;
  read_options(node, "features", [&](OptionVisitor& v) { section_fields(v, options, protocol); });
  read_options(protocol, "features.protocol",
               [&](OptionVisitor& v) { options.protocol.fields(v); });
  require(options.protocol.low < options.protocol.high,
          "{}: 'features.protocol.low' is {}, but must be below 'high', {}",
          protocol.origin().describe(), options.protocol.low, options.protocol.high);
  options.extractor = plugin_map(options.extractor);
  if (options.infinity != "auto") options.comparison.infinity = options.infinity == "always";
  return options;
}

Node FeatureOptions::section(const Node& extractor) {
  FeatureOptions options;
  options.extractor = extractor;
  Node protocol = write_options([&](OptionVisitor& v) { options.protocol.fields(v); });
  return write_options([&](OptionVisitor& v) { section_fields(v, options, protocol); });
}

ReferenceSource read_reference_source(const Node& against) {
  ReferenceSource source;
  if (against.is_map() && against.find("name") != nullptr) {
    source.dataset = against;
    return source;
  }
  Node holder = against;
  if (against.is_string()) {
    holder = Node(Node::Map{}, against.origin());
    holder.set("file", against);
  }
  read_options(holder, "features.against", [&](OptionVisitor& v) {
    v.path("file", source.file, "statistics (HDF5, safetensors) or a run file");
    v.field("key", source.key, "which statistics of the file");
  });
  require(!source.file.empty(),
          "{}: 'features.against' needs a file, or a dataset with a 'name' (such as {{name: idx, "
          "images: FILE}})",
          against.origin().describe());
  return source;
}

}  // namespace strang
