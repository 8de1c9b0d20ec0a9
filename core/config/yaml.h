#pragma once

#include <string>
#include <string_view>

#include "core/config/node.h"

namespace strang::config {

// Reads one YAML document into a Node whose every value carries file, line and column. Anchors,
// aliases and merge keys (`<<`) are expanded; a merged key comes before the map's own keys and
// loses against them. An empty document is null. Scalars: see yaml_scalar.h. Throws UsageError with
// "source:line:column" for a syntax error, a repeated key, a second document, a key that is no
// scalar, an integer beyond 64 bits, and aliases that expand without bound.
Node parse_yaml(const std::string& text, const std::string& source);

// The same for a file; relative paths are relative to the working directory.
Node read_yaml_file(const std::string& path);

// Contents of a text file; UsageError when it cannot be read.
std::string read_text_file(const std::string& path);

}  // namespace strang::config
