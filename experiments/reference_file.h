#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "experiments/reference.h"

namespace strang {

// The part of a reference at some of its times. Every one of them must be among its times.
Reference at_times(const Reference& reference, const std::vector<double>& times);

// The reference `<folder>/<hash>.h5`, at the wanted times at least (from noise to data). Where
// there is no such file, or one without some of the times, `solve` is called for all of them and
// the file is written; while another process does that, this one waits for it
// (experiments/lease.h).
Reference shared_reference(const std::filesystem::path& folder, const std::string& hash,
                           const std::vector<double>& wanted,
                           const std::function<Reference(const std::vector<double>& times)>& solve);

}  // namespace strang
