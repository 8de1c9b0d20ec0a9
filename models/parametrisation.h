#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/sampling/process.h"
#include "models/formula.h"

namespace strang {

// How the output F of a network gives the score (Karras et al. 2022, eq. 7; Pandey et al. 2024,
// section 3): score = skip u + out F(in u; network time), blocks over the slots.
struct Preconditioning {
  Block skip, out, in;
  double network_time;
};

// A preconditioning at every time, from options. `form` gives its default, each of c_skip, c_out,
// c_in, c_noise replaces its part; an entry is a number or a formula in
//   t; alpha, sigma (one slot); e_xx, e_mx (E on the data), k_xx, k_xm, k_mm (L L^T), l_xx, l_xm,
//   l_mx, l_mm (L) (two slots: x position, m momentum)
class Parametrisation {
 public:
  struct Options {
    std::string form = "noise";
    std::string half = "auto";
    config::Node c_skip, c_out, c_in;
    std::string c_noise = "t";
    std::string coefficient_type = "float64";

    void fields(OptionVisitor& v);
  };

  // Throws UsageError for formulas that do not parse.
  explicit Parametrisation(const Options& options);

  // Throws UsageError where a formula uses what this process does not have, or the shapes do not
  // fit its slots.
  void require_supports(const Process& process) const;

  // What the network was trained for. skip and out are not finite where the score does not exist.
  Preconditioning at(const Process& process, double t) const;
  // The same as the sampler uses it: skip and out rounded to coefficient_type.
  Preconditioning rounded_at(const Process& process, double t) const;
  // c_noise alone.
  double network_time(const Process& process, double t) const;
  // The slot whose score alone the network gives; absent: that of all slots.
  std::optional<int> half(const Process& process, double t) const;

 private:
  // k x k formulas, or one for a multiple of the identity.
  struct Matrix {
    std::vector<Formula> entries;
    int size = 1;
  };

  static std::optional<Matrix> read(const config::Node& node, const std::string& name);
  static Block evaluate(const Matrix& matrix, int slots, const std::vector<double>& values);

  Options options_;
  std::optional<Matrix> skip_, out_, in_;
  Formula noise_;
};

}  // namespace strang
