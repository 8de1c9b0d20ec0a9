// Phase-space Langevin diffusion (Pandey & Mandt 2023, eqs. 8 to 10): noise enters positions (rate
// gamma) and momenta (rate nu). Critically damped: the mass follows from the frictions, 1/M = (nu -
// gamma)^2 / 4. gamma = 0, nu = 4, beta = 8 is critically damped Langevin diffusion (`cld`).
// Released checkpoints have gamma 0.005 to 0.02 and nu = 4 + gamma.

#include <memory>
#include <string>

#include "core/plugin.h"
#include "models/processes/phase_space.h"

namespace strang {
namespace {

struct Psld {
  double gamma = 0.02;
  double nu = 4.02;
  double beta_min = 8;
  double beta_max = 8;
  double kappa = 0.04;
  double numerical_eps = 1e-9;
  std::string factor = "lower";

  void fields(OptionVisitor& v) {
    v.field("gamma", gamma, "friction of the positions").at_least(0);
    v.field("nu", nu, "friction of the momenta, not equal to gamma").at_least(0);
    v.field("beta_min", beta_min, "rate at t = 0").at_least(0);
    v.field("beta_max", beta_max, "rate at t = 1").above(0);
    v.field("kappa", kappa, "variance of the initial momenta in units of M").in(0, 1);
    v.field("numerical_eps", numerical_eps, "added to the kernel's variances inside the root")
        .at_least(0);
    v.field("factor", factor, "triangular root of the kernel").one_of({"lower", "upper"});
  }

  std::unique_ptr<Process> build(const Registry&) const {
    const auto kind = factor == "lower" ? PhaseSpace::Factor::lower : PhaseSpace::Factor::upper;
    return std::make_unique<PhaseSpace>(PhaseSpace::Parameters{.gamma = gamma,
                                                               .nu = nu,
                                                               .beta = {beta_min, beta_max},
                                                               .kappa = kappa,
                                                               .numerical_eps = numerical_eps,
                                                               .factor = kind});
  }
};

}  // namespace
}  // namespace strang

STRANG_PROCESS(psld, Psld, "phase-space Langevin diffusion, two slots (Pandey & Mandt 2023)");
