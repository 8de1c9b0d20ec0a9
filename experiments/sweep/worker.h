#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/run_summary.h"
#include "experiments/reference.h"
#include "experiments/sweep/folder.h"

namespace strang {

// Tells how far a sweep is.
class SweepObserver {
 public:
  virtual ~SweepObserver() = default;
  // This process has run a cell, or it failed (its summary has no status then).
  virtual void ran(const Cell& cell, const analysis::RunSummary& summary) = 0;
  // Cells that are done or failed, by whichever process; of all.
  virtual void progress(std::size_t settled, std::size_t cells) = 0;
};

struct WorkerOptions {
  std::string reference_cache;  // folder of references; empty: in the sweep's own
};

// Runs the cells that are not done or failed, each under its lease, or its shards each under theirs
// (experiments/sharded_run.h), so that several processes can do it in one folder; waits for cells
// that others run, and takes those over whose process died. Where the user leaves it a second
// thread, a cell is measured and written while the next one samples. A failure is recorded and the
// others go on. Returns when every cell has its end. Throws UsageError where all cells fail for a
// mistake of the user's, and terminal::Interrupted when the user stops it.
void run_cells(const SweepFolder& folder, const SweepPlan& plan, const Composer& composer,
               const Registry& registry, const WorkerOptions& options, SweepObserver& observer);

}  // namespace strang
