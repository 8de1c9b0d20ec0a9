#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace strang {

// Samples [first, end) of a run.
struct SampleRange {
  std::int64_t first = 0;
  std::int64_t end = 0;

  std::int64_t size() const { return end - first; }
  bool operator==(const SampleRange&) const = default;
};

// Divides the samples into at most so many ranges of whole micro-batches (the last one may end in a
// padded one), as equal as that allows: the bits of a sample do not depend on the division.
std::vector<SampleRange> divide_samples(std::int64_t samples, std::int64_t microbatch,
                                        std::int64_t shards);

// One line of a manifest: what a shard's file must be.
struct ShardEntry {
  std::filesystem::path file;
  SampleRange samples;
  std::string job;     // composed_hash (docs/run_file.md)
  std::string sha256;  // of the file's bytes
};

// The shards of one run, in a folder of their own until they are merged:
//
//   0-of-3.h5     what the shard found, in the form of a run file
//   0-of-3.yaml   its line of the manifest, written last: from then on the shard is there
class ShardFolder {
 public:
  // `folder` need not exist. Shard k of the ranges has the range k.
  ShardFolder(std::filesystem::path folder, std::vector<SampleRange> ranges)
      : folder_(std::move(folder)), ranges_(std::move(ranges)) {}

  const std::filesystem::path& folder() const { return folder_; }
  std::size_t count() const { return ranges_.size(); }
  const SampleRange& range(std::size_t shard) const { return ranges_.at(shard); }
  std::filesystem::path file(std::size_t shard) const { return named(shard, ".h5"); }

  bool has(std::size_t shard) const;
  bool has_all() const;
  // Writes the manifest's line of a shard whose file is complete.
  void add(std::size_t shard, const std::string& job) const;
  // All lines. Throws Error where one is missing or cannot be read.
  std::vector<ShardEntry> manifest() const;

 private:
  std::filesystem::path named(std::size_t shard, const char* ending) const;

  std::filesystem::path folder_;
  std::vector<SampleRange> ranges_;
};

// Throws Error, naming the file, unless the entries are of this job, cover the samples [0, samples)
// without gap and overlap, and every file has the bytes that its entry says.
void verify_shards(const std::vector<ShardEntry>& manifest, const std::string& job,
                   std::int64_t samples);

// Removes the shards of a folder that verify_shards would not take. A folder need not exist.
void remove_unsound_shards(const std::filesystem::path& folder, const std::string& job);

// Removes the folder. Several processes may do it at once.
void remove_shards(const std::filesystem::path& folder);

// How many shards there are.
std::size_t count_shards(const std::filesystem::path& folder);

// The manifest as YAML, for the merged file.
std::string manifest_text(const std::vector<ShardEntry>& manifest);

}  // namespace strang
