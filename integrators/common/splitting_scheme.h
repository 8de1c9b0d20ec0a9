#pragma once

#include <string>
#include <vector>

#include "core/config/node.h"
#include "integrators/common/split_field.h"

namespace strang {

// One substep of a splitting scheme, as YAML writes it: {kick: 0.5, evaluate: start}.
struct Substep {
  enum class Part {
    kick,      // the momenta's row of the deterministic field
    drift,     // the positions' row
    full,      // all rows
    ou,        // the exact Ornstein-Uhlenbeck process of Split::langevin
    analytic,  // the exact time-reversed forward process of Split::residual
    residual   // the deterministic field of Split::residual
  };
  enum class Evaluate { kept, start, end };

  Part part = Part::full;
  double fraction = 1;  // of the step
  double begin = 0;     // fraction of the step that earlier substeps of this part have covered
  Evaluate evaluate = Evaluate::kept;

  bool is_random() const { return part == Part::ou || part == Part::analytic; }
};

// A splitting scheme is data: which part moves, how far, and where the score is evaluated anew.
struct SplittingScheme {
  std::vector<Substep> substeps;
  Split split = Split::ode;

  int evaluations() const;
  bool is_random() const;
  bool moves_rows() const;       // kick or drift: needs two slots
  bool continues_score() const;  // the first deterministic substep uses the last step's score
};

// Reads a list of substeps. Throws UsageError unless every part that occurs covers the whole step,
// kick and drift occur together, and the parts belong to one split: kick, drift or full alone (the
// probability-flow ODE), with ou (the reverse SDE), or analytic with residual (the reverse SDE).
SplittingScheme read_scheme(const config::Node& list, const std::string& where);

}  // namespace strang
