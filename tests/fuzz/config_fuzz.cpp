// Random bytes as override lines, as YAML, and as a configuration with overrides: each gives a
// value or one UsageError. What is read is also written and read again: the values must be the
// same.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/config/compose.h"
#include "core/config/dump.h"
#include "core/config/override_parser.h"
#include "core/config/sweep.h"
#include "core/config/yaml.h"
#include "core/error.h"

namespace strang::config {
namespace {

void check(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  std::fprintf(stderr, "%s: %s\n", what, text.c_str());
  std::abort();
}

void fuzz_override(const std::string& text) {
  const Override parsed = parse_override(text);
  const auto options = [](const std::string&) { return std::vector<std::string>{"heun", "ddim"}; };
  for (const Job& job : expand({parsed}, options, 0, 100))
    for (const std::string& line : job) parse_override(line);
}

// Line breaks in YAML 1.1, as dump writes them, and ordinary characters for the reader
// (docs/config.md).
bool has_other_line_breaks(const std::string& text) {
  for (const char* mark :
       {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9", "\\N", "\\L", "\\P", "\\x", "\\u", "\\U"})
    if (text.find(mark) != std::string::npos) return true;
  return false;
}

void fuzz_yaml(const std::string& text) {
  Node node = parse_yaml(text, "fuzz.yaml");
  const std::string written = dump(node);
  check(has_other_line_breaks(text) || parse_yaml(written, "written.yaml").same_as(node),
        "dump does not read back", written);
  canonical(node);
  resolve(node);
}

// Override lines up to an empty line, then a file.
void fuzz_compose(const std::string& text) {
  std::vector<Override> overrides;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end == at) break;
    overrides.push_back(parse_override(text.substr(at, end - at)));
    at = end + 1;
  }
  SearchPath path;
  path.add(memory_source({{"config.yaml", at < text.size() ? text.substr(at) : "a: 1\n"},
                          {"process/vp.yaml", "name: vp\nbeta: 0.1\n"},
                          {"process/ve.yaml", "# @package _global_\ndefaults: [vp]\nsigma: ${a}\n"},
                          {"model/net.yaml", "defaults: [/process@inner: vp, _self_]\nw: 3\n"}}));
  Composition composition = compose(path, "config", overrides);
  resolve(composition.config);
}

}  // namespace
}  // namespace strang::config

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 4096) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  try {
    switch (data[0] % 3) {
      case 0:
        strang::config::fuzz_override(text);
        break;
      case 1:
        strang::config::fuzz_yaml(text);
        break;
      default:
        strang::config::fuzz_compose(text);
    }
  } catch (const strang::UsageError& error) {
    if (error.what()[0] == '\0') std::abort();
  }
  return 0;
}
