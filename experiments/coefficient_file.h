#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/text_table.h"
#include "core/store/group.h"
#include "experiments/experiment.h"

namespace strang {

// What an optimizer found, as an HDF5 file that is a program file, too (docs/fit.md): for
// `integrator=program integrator.file=FILE` and `optimizer=file`. The experiment must have been
// optimized.
void write_coefficients(const std::filesystem::path& path, const Experiment& experiment,
                        bool overwrite);

// The fit of each step, with its equations, in a group.
void write_fit(const Artefact& artefact, store::Group group);
std::vector<FittedStep> read_fit(const store::Group& group);

// Solves the stored equations of a coefficient file anew and writes a file with the coefficients.
// The equations of a step keep the states that the first solution led to.
std::vector<FittedStep> resolve_coefficients(const std::filesystem::path& from,
                                             const std::filesystem::path& to,
                                             const SolveOptions& options, bool overwrite);

// One row a step: times, coefficients (base + correction), residuals before and after, rank.
analysis::TextTable make_fit_table(const std::vector<FittedStep>& steps);

}  // namespace strang
