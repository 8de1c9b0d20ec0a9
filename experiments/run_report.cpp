#include "experiments/run_report.h"

#include <algorithm>
#include <cstdio>

#include "analysis/run_set.h"
#include "analysis/run_tables.h"

namespace strang {

void print_summaries(const std::vector<analysis::RunSummary>& summaries) {
  const auto print = [](const std::string& text) { std::fputs(text.c_str(), stdout); };
  const analysis::RunSet set = analysis::labelled(summaries);
  print(analysis::make_run_table(set).text());
  if (has_weak(set)) print("\nweak errors\n" + analysis::make_weak_table(set).text());
  if (has_parts(set))
    print("\nwhere the error comes from (rms)\n" + analysis::make_parts_table(set).text());
  if (std::any_of(set.runs.begin(), set.runs.end(),
                  [](const auto& run) { return run.note.ends_with("done before"); }))
    print("\ndone before: the same job by the same code; --force runs it again\n");
}

}  // namespace strang
