#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "experiments/sweep/folder.h"
#include "experiments/sweep/launcher_options.h"

namespace strang {

// Processes of this program that work on a sweep, beside this one. Interrupted ones are told to
// end, and waited for, when this goes.
class LocalWorkers {
 public:
  LocalWorkers(const SweepFolder& folder, const std::string& reference_cache, std::int64_t count);
  LocalWorkers(const LocalWorkers&) = delete;
  LocalWorkers& operator=(const LocalWorkers&) = delete;
  ~LocalWorkers();

  void wait();  // until all have ended

 private:
  std::vector<pid_t> processes_;
};

// The exit status of a worker that was told to stop (SIGTERM, SIGUSR1) and may be started again.
constexpr int requeue_status = 75;

// The job array that works on a sweep; each task is a worker. After USR1 or TERM the task's worker
// commits what it has, ends with requeue_status, and the task is queued again.
std::string slurm_script(const LauncherOptions& options, const SweepFolder& folder,
                         const std::string& reference_cache, std::size_t jobs);

// Writes the script to <folder>/slurm/array.sh and submits it; returns what sbatch printed. Throws
// Error where there is no sbatch or it refuses.
std::string submit(const LauncherOptions& options, const SweepFolder& folder,
                   const std::string& reference_cache, std::size_t jobs);

}  // namespace strang
