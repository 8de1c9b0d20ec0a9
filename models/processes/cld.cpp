// Critically damped Langevin diffusion (Dockhorn et al. 2022, eq. 5): noise enters through the
// momenta alone. It is phase-space Langevin diffusion with gamma = 0, nu = 2 sqrt(1/M) and twice
// the beta of that paper (whose beta = 4, M^-1 = 4 are beta = 8, nu = 4 here).

#include <cmath>
#include <memory>
#include <string>

#include "core/plugin.h"
#include "models/processes/phase_space.h"

namespace strang {
namespace {

struct Cld {
  double beta = 8;
  double mass_inverse = 4;
  double kappa = 0.04;
  double numerical_eps = 1e-9;
  std::string factor = "lower";

  void fields(OptionVisitor& v) {
    v.field("beta", beta, "rate, constant; twice the beta of Dockhorn et al.").above(0);
    v.field("mass_inverse", mass_inverse, "1/M; the momentum friction is 2 sqrt(1/M)").above(0);
    v.field("kappa", kappa, "variance of the initial momenta in units of M").in(0, 1);
    v.field("numerical_eps", numerical_eps, "added to the kernel's variances inside the root")
        .at_least(0);
    v.field("factor", factor, "triangular root of the kernel").one_of({"lower", "upper"});
  }

  std::unique_ptr<Process> build(const Registry&) const {
    const auto kind = factor == "lower" ? PhaseSpace::Factor::lower : PhaseSpace::Factor::upper;
    return std::make_unique<PhaseSpace>(PhaseSpace::Parameters{.gamma = 0,
                                                               .nu = 2 * std::sqrt(mass_inverse),
                                                               .beta = {beta, beta},
                                                               .kappa = kappa,
                                                               .numerical_eps = numerical_eps,
                                                               .factor = kind});
  }
};

}  // namespace
}  // namespace strang

STRANG_PROCESS(cld, Cld, "critically damped Langevin diffusion, two slots (Dockhorn et al. 2022)");
