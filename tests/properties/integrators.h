#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/sampling/integrator.h"

// The integrators that the property suite holds to what they declare: every one of the registry
// with its default options, so that a new one is covered without a test of its own, and variants
// that behave differently.
namespace strang::test {

// As YAML: "{name: heun}". `program` is left out: it needs a file, and has tests of its own.
std::vector<std::string> every_integrator();

// Splitting schemes that need positions and momenta, or a process that keeps its prior.
std::vector<std::string> phase_space_integrators();

std::unique_ptr<Integrator> integrator(const std::string& yaml);
IntegratorTraits traits_of(const std::string& yaml);

// Those for which `holds(traits)` is true.
template <class F>
std::vector<std::string> integrators_where(F holds) {
  std::vector<std::string> chosen;
  for (const std::string& yaml : every_integrator())
    if (holds(traits_of(yaml))) chosen.push_back(yaml);
  return chosen;
}

// "{name: ddim, eta: 1}" as a gtest name: ddim_eta_1.
std::string test_name(const testing::TestParamInfo<std::string>& info);

}  // namespace strang::test
