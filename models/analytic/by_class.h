#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/analytic/exact_denoiser.h"

namespace strang {

// A conditional model made of exact denoisers: each label's rows are answered by the law of that
// class, unlabelled ones by the law of all data.
//
// The rows of a class are gathered and padded to the whole micro-batch, so that their bits depend
// neither on the labels beside them nor on the number of samples. A denoiser that computes padding
// rows (the dataset's) then costs as much as the unconditional one if the classes share its points.
class ByClass final : public Model {
 public:
  struct Class {
    double weight;  // relative
    std::unique_ptr<Model> law;
  };

  // At least one class; all laws have the shape of `whole`.
  ByClass(std::unique_ptr<Model> whole, std::vector<Class> classes);

  Prediction prediction() const override { return Prediction::data; }
  std::vector<std::int64_t> event_shape() const override { return whole_->event_shape(); }
  std::vector<double> class_weights() const override;
  void require_supports(const Process&) const override {}
  void predict(const Query& query) const override;
  bool visit_law(const ComponentVisitor& visit) const override { return whole_->visit_law(visit); }

 private:
  void predict_class(const Query& query, std::int64_t label) const;

  std::unique_ptr<Model> whole_;
  std::vector<Class> classes_;
};

}  // namespace strang
