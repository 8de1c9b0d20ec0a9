// The variance-preserving process with the cosine schedule (Nichol & Dhariwal 2021, eq. 17) in
// continuous time:
//   alpha(t) = cos(theta(t)) / cos(theta(0)),   theta(t) = (pi / 2) (t + s) / (1 + s).
// alpha vanishes and beta diverges at t = 1. The paper clips the betas of 1000 steps at 0.999
// (process vp_discrete with betas: cosine does that); in continuous time one stops earlier: `end`,
// 0.9946 in Lu et al. 2022. With end = 1 nothing is clipped, and the noise level at the end is
// infinite.

#include <cmath>
#include <numbers>

#include "core/plugin.h"
#include "models/processes/variance_preserving.h"

namespace strang {
namespace {

class VpCosine final : public PositionProcess {
 public:
  void fields(OptionVisitor& v) {
    v.field("offset", offset_, "s: keeps the noise of the first step visible").above(0);
    v.field("end", end_, "where the process ends; 1 does not clip").in(0.5, 1);
    prior_.fields(v);
  }

  Span time() const override { return {0, end_}; }
  double alpha(double t) const override { return std::sin(from_end(t)) / std::cos(angle(0)); }
  double alpha_rate(double t) const override {
    return -speed() * std::cos(from_end(t)) / std::cos(angle(0));
  }
  // 1 - alpha^2 by the product of sines.
  double sigma(double t) const override { return transition_sigma(0, t); }
  double sigma_rate(double t) const override { return -alpha(t) * alpha_rate(t) / sigma(t); }
  double diffusion_squared(double t) const override { return 2 * speed() / std::tan(from_end(t)); }
  Block drift(double t) const override { return -speed() / std::tan(from_end(t)); }
  Gaussian transition(double s, double t) const override {
    return {std::sin(from_end(t)) / std::sin(from_end(s)), transition_sigma(s, t)};
  }

  // With L the level: sin^2 theta = (L^2 + sin^2 theta_0) / (L^2 + 1), and tan(theta - theta_0) by
  // the difference of tangents, in which L^2 is a factor.
  double time_at_noise_level(double level) const override {
    if (std::isinf(level)) return 1;
    const double sine = std::sin(angle(0)), cosine = std::cos(angle(0));
    const double root = std::hypot(level, sine);
    const double numerator = level * (level / (root + sine)) * cosine;
    const double denominator = cosine * cosine + root * sine;
    return std::atan2(numerator, denominator) / speed();
  }

  Block prior_root() const override { return prior_.value(sigma(end_)); }

 private:
  double speed() const { return 0.5 * std::numbers::pi / (1 + offset_); }  // theta'
  double angle(double t) const { return speed() * (t + offset_); }         // theta
  double from_end(double t) const { return speed() * (1 - t); }            // pi / 2 - theta
  double transition_sigma(double s, double t) const {
    return std::sqrt(std::sin(speed() * (t - s)) * std::sin(angle(s) + angle(t))) /
           std::sin(from_end(s));
  }

  double offset_ = 0.008;
  double end_ = 0.9946;
  PriorScale prior_;
};

}  // namespace
}  // namespace strang

STRANG_PROCESS(vp_cosine, VpCosine, "variance preserving, cosine (Nichol & Dhariwal 2021, eq. 17)");
