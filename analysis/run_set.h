#pragma once

#include <string>
#include <vector>

#include "analysis/run_summary.h"

namespace strang::analysis {

// Several runs, each with the values of the keys that set them apart.
struct RunSet {
  std::vector<RunSummary> runs;
  std::vector<std::string> keys;
  std::vector<std::vector<std::string>> values;  // [run][key]; "-" where a spec has no such key
};

// Runs that their labels set apart.
RunSet labelled(std::vector<RunSummary> runs);

// The run files that a list of files and folders names: in folders every run.h5 below them, sorted.
// Throws UsageError for a name that is neither, and for a folder without any.
std::vector<std::string> find_runs(const std::vector<std::string>& names);

// Reads run files. The keys are those of the specs whose values differ, in the order of the specs.
// Keys that say where and how a run was made (output, log, threads) do not count, and where two
// runs have different plugins of one kind, the options of these plugins do not either. One run, or
// runs without differences, have the one key "run", their name.
RunSet read_runs(const std::vector<std::string>& paths);

}  // namespace strang::analysis
