#include "tests/config/golden.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "core/config/number_text.h"

namespace strang::config::golden {
namespace {

std::string folder() {
  const char* shared = std::getenv("STRANG_SHARED");
  const std::string root = shared != nullptr ? shared : STRANG_SOURCE_DIR "/../shared";
  return root + "/golden/hydra/";
}

double float_value(const std::string& text) {
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "inf") return HUGE_VAL;
  if (text == "-inf") return -HUGE_VAL;
  return std::strtod(text.c_str(), nullptr);
}

}  // namespace

Json load(const std::string& file) {
  std::ifstream stream(folder() + file);
  if (!stream) return Json::array();
  return Json::parse(stream).at("cases");
}

bool fits(const Json& typed) {
  if (typed.is_object() && typed.value("t", "") == "int") {
    const std::string text = typed.at("v");
    return text.size() < 19 || std::to_string(std::strtoll(text.c_str(), nullptr, 10)) == text;
  }
  if (!typed.is_structured()) return true;
  for (const Json& child : typed)
    if (!fits(child)) return false;
  return true;
}

Node value(const Json& typed) {
  const std::string type = typed.at("t");
  if (type == "null") return Node(Null{});
  if (type == "missing") return Node(Missing{});
  if (type == "bool") return Node(typed.at("v").get<bool>());
  if (type == "int") return Node(std::int64_t{std::stoll(typed.at("v").get<std::string>())});
  if (type == "float") return Node(float_value(typed.at("v")));
  if (type == "str" || type == "interpolation") return Node(typed.at("v").get<std::string>());
  if (type == "list") {
    Node::List items;
    for (const Json& item : typed.at("v")) items.push_back(value(item));
    return Node(std::move(items));
  }
  Node::Map entries;
  for (const Json& entry : typed.at("v")) entries.emplace_back(key(entry[0]), value(entry[1]));
  return Node(std::move(entries));
}

Key key(const Json& typed) {
  const std::string type = typed.at("t");
  if (type == "null") return Key("null", Key::Kind::null);
  if (type == "bool") return Key(typed.at("v").get<bool>() ? "true" : "false", Key::Kind::boolean);
  if (type == "int") return Key(typed.at("v").get<std::string>(), Key::Kind::integer);
  if (type == "float") return Key(float_text(float_value(typed.at("v"))), Key::Kind::floating);
  return Key(typed.at("v").get<std::string>());
}

std::vector<std::pair<std::string, std::string>> files(const Json& files) {
  std::vector<std::pair<std::string, std::string>> list;
  for (const auto& [path, text] : files.items()) list.emplace_back(path, text.get<std::string>());
  return list;
}

}  // namespace strang::config::golden
