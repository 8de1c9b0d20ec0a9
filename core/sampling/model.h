#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/program/evaluator.h"
#include "core/sampling/law.h"
#include "core/sampling/process.h"
#include "core/tensor_forward.h"

namespace strang {

// What the output of a model means, for u = E data + L noise (one slot: alpha data + sigma noise).
//   data      E[u_0 | u]            score     grad log p_t(u)
//   noise     L^-1 (u - E data)     velocity  du/dt of the probability-flow ODE
//   v         alpha noise - sigma data (Salimans & Ho 2022); one slot
//   edm_f     data = c_skip u + c_out F (Karras et al. 2022, table 1); one slot
//   form      score = c_skip u + c_out F with blocks that the model gives, Model::score_form
enum class Prediction { data, noise, score, v, velocity, edm_f, form };

// A linear form input * u + output * (what the model wrote), or the reason why there is none.
struct ViewForm {
  Block input, output;
  std::string undefined;  // empty when the form exists
};

// One call of a model on a micro-batch.
struct Query {
  const Process& process;
  std::span<const double> times;  // one for all rows, or one for each
  const at::Tensor& input;        // [batch, slot, event...], element type of the state
  const at::Tensor& output;       // same shape, element type Model::output_type; to be written
  Rows rows;
  // Class of each row, padding included; empty: the unconditional prediction is asked for.
  std::span<const std::int64_t> labels = {};

  double time(std::int64_t row) const { return times.size() == 1 ? times[0] : times[row]; }
};

// A denoiser: an exact one, or a network. Immutable while it runs; rows of a batch do not influence
// each other.
class Model {
 public:
  virtual ~Model() = default;

  virtual Prediction prediction() const = 0;
  // Whether `predict` takes tensors in the memory of such a device (Evaluator::runs_on).
  virtual bool runs_on(at::DeviceType device) const { return device == at::kCPU; }
  // Shape of one slot of one sample: [2], [1, 28, 28].
  virtual std::vector<std::int64_t> event_shape() const = 0;
  // Element type in which the output is written, for states of type `state`.
  virtual at::ScalarType output_type(at::ScalarType state) const { return state; }
  // EDM's data scale, for edm_f alone.
  virtual double sigma_data() const { return 0.5; }
  // The score at time t, for `form` alone. A zero row of `output` says that the model gives no
  // score for this slot: the form's row then counts as zero, and there is no noise or data view.
  virtual ViewForm score_form(const Process& /*process*/, double /*t*/) const {
    return {{}, {}, "the model has no form of the score"};
  }
  // Throws UsageError when the model cannot serve this process (its slots, its parametrisation).
  virtual void require_supports(const Process& process) const = 0;

  // Relative weights of the classes that a conditional model tells apart, labels 0, 1, ...; equal
  // ones where the model does not know them. Empty: labels mean nothing to it.
  virtual std::vector<double> class_weights() const { return {}; }
  // Whether it can only answer for labelled samples (guidance).
  virtual bool needs_labels() const { return false; }
  // Network calls that one prediction at time t costs.
  virtual int calls(const Process& /*process*/, double /*t*/) const { return 1; }

  // Writes query.output. A data-predicting model of a two-slot process writes (data, 0).
  virtual void predict(const Query& query) const = 0;

  // Exact denoisers know the law of their data, a mixture of Gaussians: calls `visit` for every
  // component and returns true. The spans are valid during the call.
  virtual bool visit_law(const ComponentVisitor& /*visit*/) const { return false; }
};

}  // namespace strang
