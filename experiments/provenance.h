#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/store/part_file.h"
#include "experiments/experiment.h"

namespace strang {

// Whether `path` holds a complete run of this experiment: the same job by the same code. Throws
// UsageError if it holds anything else, which names what differs and says how to go on.
bool is_done(const std::filesystem::path& path, const Experiment& experiment);

// Throws UsageError, with what to do, where there is a file of this name and `force` is false.
void require_replaceable(const std::filesystem::path& path, bool force);

// Starts a run file: makes its folder, opens `<path>.part`, and writes where the run comes from,
// with the status "running". Throws Error if the folder cannot be written or if another process is
// writing the same run. With `overwrite` the file may replace a complete one.
std::unique_ptr<store::PartFile> start_run_file(const std::filesystem::path& path,
                                                const Experiment& experiment, bool overwrite);

// Ends a run file where it is: `status` is interrupted or failed, the note says why. Nothing that
// came from the file may be used afterwards. Never throws: a file that cannot be written stays as
// its last flush left it.
void end_run_file(store::PartFile& file, const std::string& status,
                  const std::string& note) noexcept;

}  // namespace strang
