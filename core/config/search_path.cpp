#include "core/config/search_path.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/config/yaml.h"
#include "core/error.h"

namespace strang::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view extension = ".yaml";

bool has_extension(std::string_view name) {
  return name.size() > extension.size() && name.substr(name.size() - extension.size()) == extension;
}

class FolderSource final : public ConfigSource {
 public:
  explicit FolderSource(std::string folder) : folder_(std::move(folder)) {
    require(fs::is_directory(folder_), "'{}' is no folder of configurations", folder_);
  }

  std::optional<std::string> read(const std::string& path) const override {
    const fs::path file = fs::path(folder_) / path;
    if (!fs::is_regular_file(file)) return std::nullopt;
    return read_text_file(file.string());
  }

  std::vector<std::string> files(const std::string& folder) const override {
    return names(folder, [](const fs::directory_entry& e) { return e.is_regular_file(); });
  }
  std::vector<std::string> folders(const std::string& folder) const override {
    return names(folder, [](const fs::directory_entry& e) { return e.is_directory(); });
  }
  bool has_folder(const std::string& folder) const override {
    return fs::is_directory(fs::path(folder_) / folder);
  }
  std::string locate(const std::string& path) const override {
    return path.empty() ? folder_ : (fs::path(folder_) / path).string();
  }

 private:
  template <class Filter>
  std::vector<std::string> names(const std::string& folder, Filter filter) const {
    std::vector<std::string> found;
    if (!has_folder(folder)) return found;
    for (const auto& entry : fs::directory_iterator(fs::path(folder_) / folder))
      if (filter(entry)) found.push_back(entry.path().filename().string());
    return found;
  }

  std::string folder_;
};

class MemorySource final : public ConfigSource {
 public:
  explicit MemorySource(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  std::optional<std::string> read(const std::string& path) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) return std::nullopt;
    return found->second;
  }

  std::vector<std::string> files(const std::string& folder) const override {
    return names(folder, false);
  }
  std::vector<std::string> folders(const std::string& folder) const override {
    return names(folder, true);
  }
  bool has_folder(const std::string& folder) const override {
    const std::string prefix = folder.empty() ? "" : folder + "/";
    const auto first = files_.lower_bound(prefix);
    return first != files_.end() && first->first.compare(0, prefix.size(), prefix) == 0;
  }
  std::string locate(const std::string& path) const override {
    return path.empty() ? "files in memory" : path;
  }

 private:
  std::vector<std::string> names(const std::string& folder, bool of_folders) const {
    const std::string prefix = folder.empty() ? "" : folder + "/";
    std::set<std::string> found;
    for (const auto& [path, text] : files_) {
      if (path.compare(0, prefix.size(), prefix) != 0) continue;
      const std::string rest = path.substr(prefix.size());
      const auto slash = rest.find('/');
      if ((slash != std::string::npos) == of_folders) found.insert(rest.substr(0, slash));
    }
    return {found.begin(), found.end()};
  }

  std::map<std::string, std::string> files_;
};

}  // namespace

std::unique_ptr<ConfigSource> folder_source(const std::string& folder) {
  return std::make_unique<FolderSource>(folder);
}

std::unique_ptr<ConfigSource> memory_source(std::map<std::string, std::string> files) {
  return std::make_unique<MemorySource>(std::move(files));
}

std::optional<SearchPath::Found> SearchPath::read(const std::string& config) const {
  const std::string path = has_extension(config) ? config : config + std::string(extension);
  for (const auto& source : sources_)
    if (auto text = source->read(path)) return Found{std::move(*text), source->locate(path)};
  return std::nullopt;
}

std::shared_ptr<const ConfigFile> SearchPath::load(const std::string& config) const {
  auto found = read(config);
  if (!found) return nullptr;
  Parsed& known = parsed_[found->location];
  if (known.file == nullptr || known.text != found->text) {
    known.file =
        std::make_shared<const ConfigFile>(parse_config_file(found->text, found->location));
    known.text = std::move(found->text);
  }
  return known.file;
}

bool SearchPath::has_group(const std::string& group) const {
  return std::any_of(sources_.begin(), sources_.end(),
                     [&](const auto& source) { return source->has_folder(group); });
}

std::vector<std::string> SearchPath::options(const std::string& group) const {
  std::set<std::string> names;
  for (const auto& source : sources_)
    for (const std::string& file : source->files(group))
      if (has_extension(file)) names.insert(file.substr(0, file.size() - extension.size()));
  return {names.begin(), names.end()};
}

std::vector<std::string> SearchPath::groups(const std::string& group) const {
  std::set<std::string> names;
  for (const auto& source : sources_)
    for (const std::string& folder : source->folders(group))
      if (folder[0] != '.' && folder[0] != '_') names.insert(folder);
  return {names.begin(), names.end()};
}

std::vector<std::string> SearchPath::describe() const {
  std::vector<std::string> names;
  for (const auto& source : sources_) names.push_back(source->locate(""));
  return names;
}

}  // namespace strang::config
