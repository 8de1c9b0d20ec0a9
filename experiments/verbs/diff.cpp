#include <cstdio>

#include "analysis/run_diff.h"
#include "core/error.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

constexpr const char* help =
    "strang diff A B: where two run files differ first.\n\n"
    "One line for each of: configuration key, code, program operation, grid, trajectory node and\n"
    "sample, final sample, error. Where and how a run was made (output, threads) does not count.\n"
    "Exit status: 0 the runs are the same, 1 they differ, 2 trouble.\n";

}  // namespace

// `strang diff A B`: the first difference at each level; exit status as diff's.
int verb_diff(const std::vector<std::string>& arguments, Registry&) {
  if (arguments == std::vector<std::string>{"--help"}) return std::fputs(help, stdout), 0;
  require(arguments.size() == 2, "strang diff takes two run files, found {} arguments",
          arguments.size());
  const std::vector<std::string> lines = analysis::differences(arguments[0], arguments[1]);
  for (const std::string& line : lines) std::printf("%s\n", line.c_str());
  return lines.empty() ? 0 : 1;
}

}  // namespace strang
