#include "experiments/belonging.h"

#include "analysis/run_diff.h"
#include "core/config/dump.h"
#include "core/error.h"
#include "core/store/file.h"
#include "experiments/job.h"

namespace strang {
namespace {

void require_same(const std::string& file, const config::Node& there, const config::Node& here,
                  const std::string& part) {
  const config::Node* a = there.find(part);
  const config::Node* b = here.find(part);
  if (a == nullptr || b == nullptr) return;
  const auto other = analysis::first_difference(*a, *b);
  if (!other) return;
  throw UsageError(fmt::format(
      "{}: its program belongs to another {}: {}.{} is {} there and {} in "
      "this run",
      file, part == "integrator" ? "base integrator" : part, part, other->key, other->a, other->b));
}

// Where the labels come from; those of a fit may differ.
config::Node conditions_of(const config::Node& job) {
  config::Node conditions{config::Node::Map{}};
  const config::Node* labels = job.find("labels");
  const config::Node* source =
      labels != nullptr && labels->is_map() ? labels->find("source") : nullptr;
  conditions.set("labels", source == nullptr ? config::Node() : *source);
  const config::Node* dtype = job.find("dtype");
  if (dtype != nullptr) conditions.set("dtype", *dtype);
  return conditions;
}

void require_same_conditions(const std::string& file, const config::Node& there,
                             const config::Node& here) {
  const auto other = analysis::first_difference(conditions_of(there), conditions_of(here));
  if (!other) return;
  throw UsageError(fmt::format(
      "{}: its program belongs to samples of other {}: {} is {} there and {} in this run", file,
      other->key.starts_with("labels") ? "classes" : "precision", other->key, other->a, other->b));
}

// The file that a plugin `name` loads its program from; empty when the node is another plugin.
std::string file_of(const config::Node* plugin, const std::string& name) {
  if (plugin == nullptr || !plugin->is_map() || plugin->find("name")->text() != name) return {};
  const config::Node* file = plugin->find("file");
  return file != nullptr && file->is_string() ? file->text() : std::string();
}

}  // namespace

void require_belonging(const Experiment& e) {
  for (const auto& [kind, name] : {std::pair{"integrator", "program"}, {"optimizer", "file"}}) {
    const std::string file = file_of(e.resolved.find(kind), name);
    if (file.empty()) continue;
    const store::Group root = store::File::open(file).root();
    if (!root.has_attribute("job")) continue;  // a bare program
    const config::Node there = analysis::parse_spec(root.attribute<std::string>("job"), file);
    const config::Node here = analysis::parse_spec(config::dump(job_of(e.resolved)), "this run");
    require_same(file, there, here, "process");
    require_same(file, there, here, "model");
    require_same_conditions(file, there, here);
    if (name == std::string("file")) require_same(file, there, here, "integrator");
  }
}

}  // namespace strang
