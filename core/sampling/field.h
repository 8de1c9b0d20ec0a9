#pragma once

#include "core/program/evaluator.h"
#include "core/sampling/labels.h"
#include "core/sampling/model.h"
#include "core/sampling/process.h"

namespace strang {

// The views of one evaluation at time t. With u_t | u_0 ~ N(E u_0, L L^T):
//   data = E[u_0 | u_t], noise = -L^T score, score = grad log p_t(u_t), velocity = F u - G G^T
//   score / 2.
struct Views {
  ViewForm data, noise, score, velocity;
};

// A model seen through a process: what an integrator may evaluate.
class Field final : public Evaluator {
 public:
  // All must outlive the field. Without labels the unconditional field is evaluated. Throws
  // UsageError when process and model do not fit each other.
  Field(const Process& process, const Model& model, const Labels* labels = nullptr);

  const Process& process() const { return *process_; }
  const Model& model() const { return *model_; }
  Views views(double t) const;

  bool runs_on(at::DeviceType device) const override { return model_->runs_on(device); }
  at::ScalarType output_type(const Evaluate& op, at::ScalarType state) const override;
  void evaluate(const Evaluate& op, std::span<const double> times, const at::Tensor& in,
                const at::Tensor& out, Rows rows) const override;
  // The same for models that ask another one: writes the view into query.output.
  void evaluate(View view, const Query& query) const;

 private:
  void combine_rows(View view, const Query& query, const at::Tensor& raw) const;

  const Process* process_;
  const Model* model_;
  const Labels* labels_;
};

}  // namespace strang
