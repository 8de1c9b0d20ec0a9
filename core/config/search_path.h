#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/config/config_file.h"

namespace strang::config {

// A place that holds configuration files under paths like "process/vp.yaml".
class ConfigSource {
 public:
  virtual ~ConfigSource() = default;
  // Contents of the file, or nothing.
  virtual std::optional<std::string> read(const std::string& path) const = 0;
  // Names of the files in a folder ("" is the top), without the folders in it; any order.
  virtual std::vector<std::string> files(const std::string& folder) const = 0;
  // Names of the folders in a folder; any order.
  virtual std::vector<std::string> folders(const std::string& folder) const = 0;
  virtual bool has_folder(const std::string& folder) const = 0;
  // How messages name a file of this source (or the source itself, for "").
  virtual std::string locate(const std::string& path) const = 0;
};

// A folder of the file system. UsageError when there is no such folder.
std::unique_ptr<ConfigSource> folder_source(const std::string& folder);
// Files in memory: path to contents.
std::unique_ptr<ConfigSource> memory_source(std::map<std::string, std::string> files);

// Where configurations are looked for: several sources, the first that has a file wins. A config is
// named without its ".yaml"; a group is a folder, its options are the ".yaml" files in it.
class SearchPath {
 public:
  void add(std::unique_ptr<ConfigSource> source) { sources_.push_back(std::move(source)); }

  struct Found {
    std::string text;
    std::string location;  // for messages
  };
  std::optional<Found> read(const std::string& config) const;
  // The file, parsed; null where there is none. What has been parsed is kept as long as the text is
  // the same: the cells of a sweep are composed from the same files. From one thread at a time.
  std::shared_ptr<const ConfigFile> load(const std::string& config) const;
  bool has_group(const std::string& group) const;
  // Sorted, without repetitions, over all sources.
  std::vector<std::string> options(const std::string& group) const;
  // Groups inside a group ("" for the top), sorted; names only.
  std::vector<std::string> groups(const std::string& group) const;
  // The sources in order, for messages.
  std::vector<std::string> describe() const;

 private:
  struct Parsed {
    std::string text;
    std::shared_ptr<const ConfigFile> file;
  };

  std::vector<std::shared_ptr<const ConfigSource>> sources_;
  mutable std::map<std::string, Parsed> parsed_;  // by location
};

}  // namespace strang::config
