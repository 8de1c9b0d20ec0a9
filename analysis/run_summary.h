#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/feature_distances.h"
#include "analysis/interval.h"
#include "analysis/published.h"

namespace strang::analysis {

// Statistics over samples of one error norm (docs/errors.md).
struct ErrorSummary {
  std::string norm;
  Measured mean, rms;  // with percentile bootstrap intervals, 95 %
  double median = 0, p95 = 0;
  double reference = -1;  // rms of the reference's own error in this norm; -1: not checked

  bool below_floor() const;
};

// Whether an error says more about the reference than about the run. `own` is the distance between
// the reference and a solution with twice the steps: for a method of order p the reference is wrong
// by own / (1 - 2^-p), that is at most by 2 own.
bool below_reference_floor(double error, double own);

// One weak error: the mean of a test function over the final samples against its exact expectation,
// and against the reference's samples that start from the same states. NaN: not known.
struct WeakSummary {
  std::string function;
  double estimate = 0, standard_error = 0, exact = 0, error = 0;
  double paired_error = 0, paired_standard_error = 0;

  bool below_noise() const;         // |error| < 2 standard errors
  bool paired_below_noise() const;  // the same of the difference from the reference
};

// One part of the error where the exact model is known.
struct PartSummary {
  std::string part;  // total, discretisation, score, prior, end_time
  Measured rms;
};

// How far the samples are from a reference in the features of one extractor.
struct FeatureSummary {
  std::string extractor;
  FeatureComparison distances;
};

// What a run file says at a glance.
struct RunSummary {
  std::string label;   // what sets this run apart from others
  std::string status;  // complete, running, interrupted, failed
  int steps = 0;
  double nfe = 0;  // network evaluations for each sample
  std::vector<ErrorSummary> errors;
  std::vector<WeakSummary> weak;
  std::vector<PartSummary> parts;
  std::vector<FeatureSummary> features;
  std::optional<Published> published;
  std::string note;  // why there are no errors, what failed, which errors are below the floor
  double seconds = 0;
  double logging = 0;  // the part of the seconds that went into logging
  std::string path;
};

// Reads a run file, complete or not. Throws UsageError if it is none. The label is its name.
RunSummary read_summary(const std::string& path);

}  // namespace strang::analysis
