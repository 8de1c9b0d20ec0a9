#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/registry.h"
#include "core/terminal/interrupt.h"
#include "core/torch_check.h"
#include "experiments/verbs/verbs.h"

namespace strang {
void register_integrators(Registry& registry);
void register_models(Registry& registry);

namespace {

constexpr const char* help =
    "strang: numerics of diffusion samplers.\n\n"
    "  strang run [overrides]       run an experiment or a sweep; --help shows keys and flags\n"
    "  strang sweep [overrides]     run -m; sweep status DIR, sweep retry DIR\n"
    "  strang list [kind]           what is registered\n"
    "  strang describe NAME         options, reference, order and cost of one of them\n"
    "  strang explain [overrides]   the traced program: operations, coefficients, cost\n"
    "  strang explain FILE          the same of a coefficient file\n"
    "  strang fit [overrides]       fit coefficients or times; --help shows more\n"
    "  strang step [overrides]      single steps: local errors, eigenvalues\n"
    "  strang analyze WHAT FILES    tables from run files; --help shows which\n"
    "  strang compose [overrides]   the composed configuration, as YAML or typed JSON\n"
    "  strang completion SHELL      completion for bash, zsh or fish\n"
    "  strang diff A B              where two run files differ first\n"
    "  strang features [overrides]  feature statistics of a dataset\n"
    "  strang forward [overrides]   a model on a dataset of inputs\n";

int dispatch(const std::vector<std::string>& arguments) {
  check_libtorch();
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" ||
      arguments[0] == "help") {
    std::fputs(help, stdout);
    return 0;
  }
  const auto verb = verbs().find(arguments[0]);
  const std::vector<std::string> names = verb_names();
  require(verb != verbs().end(), "there is no command '{}'{}; commands are {}", arguments[0],
          did_you_mean(arguments[0], names), fmt::join(names, ", "));
  Registry registry;
  register_integrators(registry);
  register_models(registry);
  return verb->second({arguments.begin() + 1, arguments.end()}, registry);
}

}  // namespace
}  // namespace strang

int main(int argc, char** argv) {
  strang::terminal::catch_signals();
  try {
    return strang::dispatch({argv + 1, argv + argc});
  } catch (const strang::terminal::Interrupted& stop) {
    std::fprintf(stderr, "strang: %s\n", stop.what());
    return 128 + stop.signal();
  } catch (const strang::UsageError& error) {
    std::fprintf(stderr, "strang: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "strang: %s\n", error.what());
    return 1;
  }
}
