#include "experiments/record.h"

#include <fstream>
#include <system_error>

#include "core/config/dump.h"
#include "core/error.h"
#include "core/files/descriptor.h"

namespace strang {
namespace {

// Not made durable, which would cost more than a small run: the run file holds the same.
void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file.good()) files::throw_errno(path, "cannot be written");
}

}  // namespace

void write_record(const std::filesystem::path& folder, const config::Composition& composition,
                  const std::vector<std::string>& overrides) {
  const config::Node* name = composition.hydra.find("output_subdir");
  if (name == nullptr || !name->is_string() || name->text().empty()) return;
  const std::filesystem::path record = folder / name->text();
  std::error_code error;
  std::filesystem::create_directories(record, error);
  ensure(!error, "{}: the folder cannot be made ({})", record.string(), error.message());
  config::Node::List lines;
  for (const std::string& line : overrides) lines.emplace_back(line);
  config::Node hydra{config::Node::Map{}};
  hydra.set("hydra", composition.hydra);
  write(record / "config.yaml", config::dump(composition.config));
  write(record / "overrides.yaml", config::dump(config::Node(lines)));
  write(record / "hydra.yaml", config::dump(hydra));
}

}  // namespace strang
