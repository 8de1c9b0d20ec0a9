#pragma once

#include <string>
#include <vector>

#include "core/program/value.h"
#include "core/sampling/least_squares.h"

namespace strang {

// The fit of one step: state at the next node = base step + sum of beta_j feature_j.
struct FittedStep {
  int step = 0;
  double from = 0, to = 0;
  std::vector<std::string> names;  // of the features
  std::vector<FreeId> free;        // where the program holds beta
  std::vector<double> base;        // coefficients that the features have in the base step
  std::vector<double> beta;        // corrections to them

  NormalEquations equations;  // of the residual y = target - base step
  Constraints constraints;
  double condition = 0;
  int rank = 0;
  double mse_base = 0, mse_fit = 0;  // mean over samples of the squared distance to the target
  double validation_base = -1, validation_fit = -1;  // the same on the validation batch; -1: none
  bool refused = false;                              // the validation was not better: beta is zero

  std::vector<double> features;  // [feature, sample, element] where kept
};

}  // namespace strang
