#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/config/node.h"

namespace strang::analysis {

// A figure from a paper for one cell of a sweep.
struct Published {
  std::string what;  // what was measured, on what: usually not what the run measures
  double value = 0;
  std::string weak;       // the weak error that it stands beside; empty: it stands beside the run
  std::string norm;       // of the run's own error that it can be compared with; empty: none
  std::size_t entry = 0;  // its number in the list
};

// What a spec's `published` says about the spec itself:
//   published: {what: TEXT, norm: rmse, values: [{integrator: heun, nfe: 35, value: 1.97}, ...]}
// `norm` may be left out; `weak: NAME` stands where the figures are one of the weak errors.
// The first entry whose keys all have their value in the spec counts; a plugin goes by its name or
// its label, and `optimizer: null` asks for a spec without one. Throws UsageError when the section
// has another form.
std::optional<Published> find_published(const config::Node& spec);

}  // namespace strang::analysis
