#include "experiments/job.h"

#include <filesystem>
#include <system_error>

#include "core/config/dump.h"
#include "core/files/bytes.h"
#include "core/hash.h"
#include "core/revision.h"

namespace strang {
namespace {

using config::Node;

// The file that a text names, by the rule for paths in configurations: relative to the file that
// holds the text, or to the working directory. Empty when it names none.
std::filesystem::path file_named(const std::string& text, const config::Origin& origin) {
  if (text.find_first_of("/.") == std::string::npos) return {};  // a word
  std::filesystem::path path(text);
  if (path.is_relative() && origin.line > 0)
    path = std::filesystem::path(origin.source).parent_path() / path;
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) ? path : std::filesystem::path();
}

void hash_files(Node& node) {
  if (node.is_list())
    for (Node& item : node.list()) hash_files(item);
  if (node.is_map())
    for (auto& [key, value] : node.map()) hash_files(value);
  if (!node.is_string()) return;
  const std::filesystem::path file = file_named(node.text(), node.origin());
  if (file.empty()) return;
  const files::Bytes bytes = files::read_bytes(file);
  node.value() =
      "sha256:" + sha256_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

Node job_of(const Node& resolved) {
  Node job = resolved;
  for (const char* key :
       {"name", "output", "log", "threads", "launcher", "published", "step", "sweep"})
    job.erase(key);
  hash_files(job);
  return job;
}

std::string job_hash(const Node& resolved) {
  Node named{Node::Map{}};
  named.set("job", job_of(resolved));
  named.set("revision", Node(std::string(revision())));
  named.set("dirty", Node(revision_dirty()));
  return sha256_hex(config::canonical(named));
}

}  // namespace strang
