#include <cstdio>
#include <filesystem>

#include "core/error.h"
#include "experiments/sweep/report.h"
#include "experiments/sweep/run_sweep.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

constexpr const char* help =
    "strang sweep [flags] [key=value ...]: the same as strang run -m (docs/sweeps.md).\n"
    "strang sweep status DIR: what became of every cell of the sweep in a folder.\n"
    "strang sweep retry DIR: runs its failed cells again, and all that are left.\n\n";

SweepFolder folder_argument(const std::vector<std::string>& arguments) {
  require(arguments.size() == 2, "strang sweep {} takes the folder of one sweep", arguments[0]);
  return SweepFolder(std::filesystem::absolute(arguments[1]));
}

// Exit status: 1 where a cell failed.
int print_status(const SweepFolder& folder) {
  const std::vector<Cell> cells = folder.cells();
  std::fputs(make_status_table(folder, cells).text().c_str(), stdout);
  std::size_t count[4] = {};
  for (const Cell& cell : cells) ++count[static_cast<int>(folder.state(cell).kind)];
  const auto of = [&](CellState::Kind kind) { return count[static_cast<int>(kind)]; };
  std::printf("\n%zu cells: %zu done, %zu failed, %zu running, %zu waiting\n", cells.size(),
              of(CellState::Kind::done), of(CellState::Kind::failed), of(CellState::Kind::running),
              of(CellState::Kind::waiting));
  return of(CellState::Kind::failed) > 0 ? 1 : 0;
}

}  // namespace

int verb_sweep(const std::vector<std::string>& arguments, Registry& registry) {
  if (!arguments.empty() && arguments[0] == "status")
    return print_status(folder_argument(arguments));
  if (!arguments.empty() && arguments[0] == "retry") {
    const SweepFolder folder = folder_argument(arguments);
    for (const Cell& cell : folder.cells()) folder.clear_failure(cell);
    return resume_sweep(folder, {}, registry);
  }
  CommandLine line = CommandLine::parse("sweep", arguments);
  if (line.help) return std::printf("%s%s", help, CommandLine::help_text().c_str()), 0;
  line.multirun = true;
  return run_line(line, registry);
}

}  // namespace strang
