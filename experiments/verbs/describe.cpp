#include <cstdio>

#include "analysis/text_table.h"
#include "core/error.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

void print_traits(const Integrator& integrator) {
  const IntegratorTraits traits = integrator.traits();
  std::printf(
      "  order %d, %s, %g evaluations a step%s%s%s\n", traits.order,
      traits.slots == 0 ? "any process" : fmt::format("{} slot(s)", traits.slots).c_str(),
      traits.evaluations,
      traits.last_evaluations >= 0
          ? fmt::format(" ({:g} in a last step to zero noise)", traits.last_evaluations).c_str()
          : "",
      traits.stochastic ? ", stochastic" : "", traits.adaptive ? ", adaptive" : "");
}

void print_options(const std::vector<OptionHelp>& options) {
  if (options.empty()) return;
  using analysis::Align;
  analysis::TextTable table({{"option", Align::left},
                             {"type", Align::left},
                             {"default", Align::left},
                             {"allowed", Align::left},
                             {"meaning", Align::left}});
  for (const OptionHelp& o : options)
    table.add_row({o.name, o.type, o.default_value, o.allowed, o.help});
  std::printf("%s", table.text().c_str());
}

}  // namespace

// `strang describe NAME`: what it is, what it declares, its options.
int verb_describe(const std::vector<std::string>& arguments, Registry& registry) {
  require(arguments.size() == 1, "strang describe takes one name; strang list shows them");
  const std::string& name = arguments[0];
  bool found = false;
  std::vector<std::string> names;
  registry.for_each([&](const auto& catalog) {
    for (const std::string& known : catalog.names()) names.push_back(known);
    const auto* entry = catalog.find(name);
    if (entry == nullptr) return;
    found = true;
    std::printf("%s %s: %s\n", catalog.kind().c_str(), name.c_str(), entry->summary.c_str());
    if (const auto* integrator = registry.integrators.find(name);
        integrator != nullptr && catalog.kind() == "integrator" && name != "program")
      print_traits(*integrator->build(integrator->defaults(), "integrator", registry).object);
    print_options(entry->help());
  });
  require(found, "there is nothing called '{}'{}; strang list shows all names", name,
          did_you_mean(name, names));
  return 0;
}

}  // namespace strang
