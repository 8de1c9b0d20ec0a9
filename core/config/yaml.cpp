#include "core/config/yaml.h"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/config/utf8.h"
#include "core/config/yaml_builder.h"
#include "core/error.h"

namespace strang::config {
namespace {

void refuse_binary(const std::string& text, const std::string& source) {
  const auto line_of = [&](std::size_t offset) {
    return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  };
  const std::size_t invalid = first_invalid_byte(text);
  require(invalid == std::string::npos, "{}:{}: this is no UTF-8 text", source,
          line_of(std::min(invalid, text.size())));
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return (c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
  });
  require(control == text.end(), "{}:{}: a control character (write it as an escape in quotes)",
          source, line_of(static_cast<std::size_t>(control - text.begin())));
}

}  // namespace

Node parse_yaml(const std::string& text, const std::string& source) {
  refuse_binary(text, source);
  std::istringstream stream(text);
  YamlBuilder builder(text, source);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return Node(Null{}, {source, 1, 1});
    YamlBuilder next(text, source);
    require(!parser.HandleNextDocument(next), "{}: a second document ('---'); one file holds one",
            source);
  } catch (const YAML::Exception& error) {
    throw UsageError(
        fmt::format("{}:{}:{}: {}", source, error.mark.line + 1, error.mark.column + 1, error.msg));
  }
  return builder.take();
}

std::string read_text_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  require(file.good(), "cannot read '{}'", path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

Node read_yaml_file(const std::string& path) { return parse_yaml(read_text_file(path), path); }

}  // namespace strang::config
