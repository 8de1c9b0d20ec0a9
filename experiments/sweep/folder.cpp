#include "experiments/sweep/folder.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

#include "core/config/dump.h"
#include "core/config/yaml.h"
#include "core/error.h"
#include "core/files/durable.h"
#include "core/revision.h"
#include "core/store/file.h"
#include "core/terminal/interrupt.h"
#include "experiments/shards.h"

namespace strang {
namespace {

namespace fs = std::filesystem;
using config::Node;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  ensure(!error, "{}: the folder cannot be made ({}): set 'output' to another one", folder.string(),
         error.message());
}

Node texts(const std::vector<std::string>& lines) {
  Node::List list;
  for (const std::string& line : lines) list.emplace_back(line);
  return Node(list);
}

std::vector<std::string> strings(const Node* list) {
  std::vector<std::string> lines;
  if (list == nullptr || !list->is_list()) return lines;
  for (const Node& item : list->list()) lines.push_back(item.text());
  return lines;
}

std::string code() { return std::string(revision()) + (revision_dirty() ? " with changes" : ""); }

Node manifest_of(const CommandLine& line, const SweepPlan& plan) {
  Node node{Node::Map{}};
  node.set("format", Node(std::int64_t{1}));
  node.set("code", Node(code()));
  node.set("started", Node(std::int64_t{line.started}));
  node.set("folder", Node(line.folder));
  node.set("config_name", Node(line.config_name));
  node.set("config_path", Node(line.config_path));
  node.set("config_dirs", texts(line.config_dirs));
  node.set("multirun", Node(line.multirun));
  node.set("overrides", texts(line.overrides));
  node.set("notes", texts(plan.notes));
  Node::List cells;
  for (const Cell& cell : plan.cells) {
    Node one{Node::Map{}};
    one.set("label", Node(cell.label));
    one.set("overrides", texts(cell.overrides));
    one.set("job", Node(cell.job));
    cells.push_back(one);
  }
  node.set("cells", Node(cells));
  return node;
}

// Where two plans differ first; empty when they are the same sweep.
std::string difference(const Node& old, const std::vector<Cell>& there, const SweepPlan& here) {
  for (std::size_t i = 0; i < std::min(there.size(), here.cells.size()); ++i) {
    if (there[i].job == here.cells[i].job) continue;
    if (there[i].overrides != here.cells[i].overrides)
      return fmt::format("cell {} is '{}' there and '{}' here", i, there[i].label,
                         here.cells[i].label);
    const Node* made_by = old.find("code");
    if (made_by != nullptr && made_by->is_string() && made_by->text() != code())
      return fmt::format("its code is {}, this is {}", made_by->text(), code());
    return fmt::format("the configuration of cell {} ('{}') has changed", i, there[i].label);
  }
  if (there.size() == here.cells.size()) return "";
  return fmt::format("it has {} cells, this one {}", there.size(), here.cells.size());
}

void remove_results(const fs::path& folder) {
  for (const char* name : {"run.h5", "failed.yaml", "shards"}) fs::remove_all(folder / name);
}

}  // namespace

fs::path SweepFolder::cell(std::size_t number) const {
  return path_ / fmt::format("{:03d}", number);
}

fs::path SweepFolder::lease(std::size_t number) const {
  return path_ / "leases" / fmt::format("{:03d}", number);
}

void SweepFolder::open(const CommandLine& line, const SweepPlan& plan, bool replace) const {
  make_folder(path_ / "leases");
  std::unique_ptr<Lease> lease;
  while (!(lease = Lease::take(path_ / "leases" / "plan"))) {
    terminal::throw_if_interrupted();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  for (const auto& entry : fs::directory_iterator(path_))
    if (entry.path().filename().string().starts_with("sweep.yaml.tmp.")) fs::remove(entry.path());
  if (fs::exists(manifest()) && !replace) {
    const std::string differs =
        difference(config::read_yaml_file(manifest().string()), cells(), plan);
    require(differs.empty(),
            "{}: there is another sweep: {}; set 'output' to another folder, or take the new plan "
            "with --force",
            path_.string(), differs);
    return;
  }
  if (replace)
    for (const Cell& planned : plan.cells) remove_results(cell(planned.number));
  files::write_atomically(manifest(), config::dump(manifest_of(line, plan)));
}

CommandLine SweepFolder::line() const {
  require(fs::exists(manifest()), "{}: there is no sweep in this folder (no sweep.yaml)",
          path_.string());
  const config::Node node = config::read_yaml_file(manifest().string());
  const config::Node* format = node.find("format");
  require(format != nullptr && format->is_int() && format->integer() == 1,
          "{}: this is no sweep of format 1", manifest().string());
  CommandLine line;
  line.started = static_cast<std::time_t>(node.find("started")->integer());
  line.folder = node.find("folder")->text();
  line.config_name = node.find("config_name")->text();
  line.config_path = node.find("config_path")->text();
  line.config_dirs = strings(node.find("config_dirs"));
  line.multirun = node.find("multirun")->boolean();
  line.overrides = strings(node.find("overrides"));
  return line;
}

std::vector<Cell> SweepFolder::cells() const {
  require(fs::exists(manifest()), "{}: there is no sweep in this folder (no sweep.yaml)",
          path_.string());
  const config::Node node = config::read_yaml_file(manifest().string());
  const config::Node* list = node.find("cells");
  require(list != nullptr && list->is_list(), "{}: this is no sweep", manifest().string());
  std::vector<Cell> cells;
  for (const config::Node& one : list->list())
    cells.push_back({.number = cells.size(),
                     .overrides = strings(one.find("overrides")),
                     .label = one.find("label")->text(),
                     .job = one.find("job")->text()});
  return cells;
}

CellState SweepFolder::state(const Cell& planned) const {
  const fs::path folder = cell(planned.number), run = folder / "run.h5";
  // A file of another job is the run's own business: it refuses to replace it.
  if (fs::exists(run)) {
    try {
      const store::Group root = store::File::open(run).root();
      if (root.has_attribute("composed_hash") &&
          root.attribute<std::string>("composed_hash") == planned.job)
        return {CellState::Kind::done, ""};
    } catch (const Error&) {  // no run file: the same
    }
  }
  const fs::path failed = folder / "failed.yaml";
  if (fs::exists(failed)) {
    const config::Node record = config::read_yaml_file(failed.string());
    const config::Node *job = record.find("job"), *message = record.find("message");
    if (job != nullptr && message != nullptr && job->is_string() && job->text() == planned.job)
      return {CellState::Kind::failed, message->is_string() ? message->text() : ""};
  }
  const std::string holders = this->holders(planned.number);
  const std::size_t shards = count_shards(this->shards(planned.number));
  std::string message = shards > 0 ? fmt::format("{} shards done", shards) : "";
  if (!holders.empty()) message += (message.empty() ? "" : "; ") + holders;
  return {holders.empty() ? CellState::Kind::waiting : CellState::Kind::running, message};
}

// Who works on a cell, or on its shards.
std::string SweepFolder::holders(std::size_t number) const {
  std::vector<fs::path> leases = {lease(number)};
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(path_ / "leases", none)) {
    const fs::path file = entry.path();  // 000-1-of-3.0
    const fs::path name = fs::path(file).replace_extension();
    if (file.filename().string().starts_with(lease(number).filename().string() + "-") &&
        std::find(leases.begin(), leases.end(), name) == leases.end())
      leases.push_back(name);
  }
  std::vector<std::string> names;
  for (const fs::path& path : leases)
    if (const auto holder = Lease::holder(path))
      names.push_back(fmt::format("process {} on {}", holder->process,
                                  holder->machine.substr(0, holder->machine.find('/'))));
  return fmt::format("{}", fmt::join(names, ", "));
}

void SweepFolder::record_failure(const Cell& planned, const std::string& message) const {
  make_folder(cell(planned.number));
  config::Node record{config::Node::Map{}};
  record.set("job", config::Node(planned.job));
  record.set("message", config::Node(message));
  files::write_atomically(cell(planned.number) / "failed.yaml", config::dump(record));
}

void SweepFolder::clear_failure(const Cell& planned) const {
  std::error_code ignored;
  if (fs::remove(cell(planned.number) / "failed.yaml", ignored))
    remove_unsound_shards(shards(planned.number), planned.job);
}

void SweepFolder::remove_temporaries(const Cell& planned) const {
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(cell(planned.number), none))
    if (entry.path().filename().string().find(".tmp.") != std::string::npos)
      fs::remove(entry.path());
}

void SweepFolder::clean() const {
  std::error_code ignored;
  fs::remove_all(path_ / "leases", ignored);
  for (const auto& entry : fs::directory_iterator(path_, ignored))
    if (fs::exists(entry.path() / "run.h5")) remove_shards(entry.path() / "shards");
  if (!fs::is_directory(references())) return;
  for (const auto& entry : fs::directory_iterator(references(), ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".part") || name.find(".lease.") != std::string::npos)
      fs::remove(entry.path(), ignored);
  }
}

}  // namespace strang
