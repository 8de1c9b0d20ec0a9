#include "core/config/default_node.h"

#include <algorithm>

namespace strang::config {
namespace {

std::string without_leading_slash(const std::string& path) {
  return !path.empty() && path[0] == '/' ? path.substr(1) : path;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string dotted(std::string path) {
  std::replace(path.begin(), path.end(), '/', '.');
  return path;
}

// A path that starts with '/' is absolute.
std::string join(const std::string& parent, const std::string& path) {
  if (path.empty()) return parent;
  if (path[0] == '/' || parent.empty()) return without_leading_slash(path);
  return parent + "/" + path;
}

}  // namespace

std::string DefaultNode::group() const {
  if (entry.kind == DefaultEntry::Kind::group) return join(parent_group, entry.path);
  return folder_of(join(parent_group, entry.path));
}

std::string DefaultNode::config() const {
  if (entry.kind != DefaultEntry::Kind::group) return join(parent_group, entry.path);
  return group() + "/" + entry.option.text();
}

std::string DefaultNode::package_with(const std::optional<std::string>& own) const {
  const bool is_group = entry.kind == DefaultEntry::Kind::group;
  const std::string relative = is_group ? entry.path : folder_of(entry.path);
  std::string package = own ? *own : dotted(without_leading_slash(relative));
  if (package == "_here_") package.clear();
  if (package.empty())
    package = parent_package;
  else if (!parent_package.empty())
    package = parent_package + "." + package;
  constexpr std::string_view global_package = "_global_";
  const auto global = package.rfind(global_package);
  if (global == std::string::npos) return package;
  package.erase(0, global + global_package.size());
  package.erase(0, std::min(package.find_first_not_of('.'), package.size()));
  return package;
}

std::string DefaultNode::package() const {
  if (entry.package || !header) return package_with(entry.package);
  return package_with("_global_." + *header);
}

std::string DefaultNode::override_key() const {
  const std::string package = package_with(entry.package);
  if (package == dotted(group())) return group();
  return group() + "@" + (package.empty() ? "_global_" : package);
}

bool DefaultNode::is_interpolation() const {
  if (entry.kind == DefaultEntry::Kind::group) return entry.option.is_interpolation();
  return entry.path.find("${") != std::string::npos;
}

}  // namespace strang::config
