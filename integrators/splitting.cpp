// Splitting integrators for diffusion in phase space, from a scheme that is data (Pandey et al.
// 2024, sections 3 and 4; Dockhorn et al. 2022, section 3.4). One step is a list of substeps; each
// moves a part of the equation, by Euler's method or exactly, and says whether it evaluates the
// score anew. Presets: nse rse nvv rvv (probability-flow ODE), noba roba nbao rbao nobab robab sscs
// (reverse SDE), lambda_ddim cse cvv coba (conjugate).
//
//   rvv: [{kick: 0.5, evaluate: start}, {drift: 1}, {kick: 0.5, evaluate: end}]
//
// `conjugate` replaces Euler's method by the conjugate step of the part (theorem 1 there), with the
// part's rows of B = lambda matrix. The splitting of conjugate parts is a reconstruction: the
// published text was not available. `lambda_s` scales the noise of the positions (`tbar`: times the
// mean time of the step); it biases the result for positive position friction.
//
// The score is evaluated at the start or the end time of the step whatever was moved before, as in
// released code. A scheme that evaluates at the end needs a grid that ends where the score exists.

#include <cmath>
#include <string>

#include "core/config/yaml.h"
#include "core/error.h"
#include "core/plugin.h"
#include "integrators/common/conjugate.h"
#include "integrators/common/splitting_scheme.h"

namespace strang {
namespace {

struct Splitting {
  std::string label;
  config::Node scheme = config::parse_yaml("[{full: 1, evaluate: start}]", "default");
  std::string conjugate = "none";
  double lambda = 0;
  config::Node matrix;
  std::string form = "noise";
  double lambda_s = 1;
  std::string lambda_s_mode = "none";
  double numerical_eps = 1e-9;

  void fields(OptionVisitor& v) {
    v.field("label", label, "name of the scheme in tables");
    v.field("scheme", scheme,
            "substeps: {kick | drift | full | ou | analytic | residual: fraction}");
    v.field("conjugate", conjugate, "B of the conjugate step of each part; none: Euler's method")
        .one_of({"none", "identity", "ones", "custom"});
    v.field("lambda", lambda, "factor of B; 0 makes B zero");
    v.field("matrix", matrix, "B of conjugate=custom, a matrix over the slots");
    v.field("form", form, "what the conjugate step keeps constant: noise, or the model's output")
        .one_of({"noise", "output"});
    v.field("lambda_s", lambda_s, "scale of the positions' noise in `ou`").at_least(0);
    v.field("lambda_s_mode", lambda_s_mode, "how lambda_s enters: not, as it is, times the mean t")
        .one_of({"none", "plain", "tbar"});
    v.field("numerical_eps", numerical_eps, "added to the variances of `analytic`").at_least(0);
  }

  IntegratorTraits traits(IntegratorTraits declared) const {
    const SplittingScheme parts = read_scheme(scheme, "integrator.scheme");
    declared.slots = parts.moves_rows() ? 2 : 0;
    declared.evaluations = parts.evaluations();
    if (parts.continues_score()) declared.first_extra = {1};
    declared.stochastic = parts.is_random();
    return declared;
  }

  Value trace(Tracer& trace, Value u, const Grid& t) const;

 private:
  class Step;
};

// One step from t to s, and the score that it keeps.
class Splitting::Step {
 public:
  Step(const Splitting& options, Tracer& trace, Split split, int slots)
      : options_(options), trace_(trace), split_(split), b_(Block::zero(slots)) {
    if (options.conjugate == "identity") b_ = Block::identity(slots);
    if (options.conjugate == "ones")
      for (int row = 0; row < slots; ++row)
        for (int column = 0; column < slots; ++column) b_(row, column) = 1;
    if (options.conjugate == "custom") b_ = given_matrix(slots);
    b_ = options.lambda * b_;
  }

  void evaluate(Value& u, double time) {
    estimate_ = trace_.evaluate(u, time);
    evaluated_ = time;
  }

  Value move(const Substep& part, const Value& u, double t, double s) {
    const double from = t + part.begin * (s - t);
    const double to = from + part.fraction * (s - t);
    if (part.part == Substep::Part::ou)
      return random(ornstein_uhlenbeck(trace_.process(), from, to, noise_scale(t, s)), u, t, s);
    if (part.part == Substep::Part::analytic)
      return random(reversed_forward(trace_.process(), from, to, options_.numerical_eps), u, t, s);
    if (options_.conjugate != "none") return conjugate(part, u, from, to);
    const LinearField field = rows(part, field_at(trace_.process(), split_, evaluated_));
    return u + part.fraction * (s - t) * (field.drift * u - field.weight * estimate_.score);
  }

  void begin() { stream_ = 0; }

 private:
  Block given_matrix(int slots) const {
    const NumberArray given = read_numbers(options_.matrix, "integrator.matrix");
    require(given.shape == std::vector<std::int64_t>{slots, slots},
            "integrator.matrix must be {0} x {0}, as the process has {0} slots", slots);
    Block b = Block::zero(slots);
    for (int i = 0; i < slots * slots; ++i) b(i / slots, i % slots) = given.values[i];
    return b;
  }

  static LinearField rows(const Substep& part, const LinearField& field) {
    if (part.part == Substep::Part::kick) return field.row(1);
    return part.part == Substep::Part::drift ? field.row(0) : field;
  }

  double noise_scale(double t, double s) const {
    if (options_.lambda_s_mode == "none") return 1;
    return options_.lambda_s * (options_.lambda_s_mode == "tbar" ? 0.5 * (t + s) : 1);
  }

  Value random(const Gaussian& step, const Value& u, double t, double s) {
    return step.mean * u + step.root * trace_.noise(t, s, stream_++);
  }

  Value conjugate(const Substep& part, const Value& u, double from, double to) const {
    const Process& process = trace_.process();
    const bool noise = options_.form == "noise";
    const auto score = [&](double time) { return trace_.field().views(time).score; };
    const ConjugateField field{
        [&](double time) { return rows(part, field_at(process, split_, time)).drift; },
        [&](double time) { return rows(part, field_at(process, split_, time)).weight; },
        [&](double time) { return noise ? Block::zero(b_.slots()) : score(time).input; },
        [&](double time) {
          return noise ? -process.root(time).inverse().transpose() : score(time).output;
        },
        rows(part, {b_, b_}).drift};
    const ConjugateStep step = conjugate_step(field, from, to);
    return step.linear * u + step.output * (noise ? estimate_.noise : estimate_.output);
  }

  const Splitting& options_;
  Tracer& trace_;
  Split split_;
  Block b_;
  Estimate estimate_;
  double evaluated_ = 0;
  int stream_ = 0;
};

Value Splitting::trace(Tracer& trace, Value u, const Grid& t) const {
  const SplittingScheme parts = read_scheme(scheme, "integrator.scheme");
  Step step(*this, trace, parts.split, trace.process().slots());
  if (parts.continues_score()) step.evaluate(u, t[0]);
  for (int i = 0; i < t.steps(); ++i) {
    step.begin();
    for (const Substep& part : parts.substeps) {
      const bool at_end = part.evaluate == Substep::Evaluate::end;
      require(!at_end || t.evaluable(i + 1),
              "the scheme evaluates the score at the end of the step, but it does not exist at t = "
              "{}: end the schedule above it",
              t[i + 1]);
      if (part.evaluate != Substep::Evaluate::kept) step.evaluate(u, t[at_end ? i + 1 : i]);
      u = step.move(part, u, t[i], t[i + 1]);
    }
    u = trace.node(u, t[i + 1]);
  }
  return u;
}

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(splitting, Splitting,
                  "splitting and conjugate steps from a scheme (Pandey et al. 2024)", {.order = 1});
