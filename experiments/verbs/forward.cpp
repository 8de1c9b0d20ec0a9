#include "experiments/forward.h"

#include <cstdio>

#include "core/error.h"
#include "experiments/command_line.h"
#include "experiments/config_report.h"
#include "experiments/verbs/verbs.h"

namespace strang {

// `strang forward [overrides]`: one evaluation of a model for each input and time, to an HDF5 file.
int verb_forward(const std::vector<std::string>& arguments, Registry& registry) {
  const CommandLine line = CommandLine::parse("forward", arguments, "forward");
  if (line.help) {
    std::printf("strang forward [flags] [key=value ...]: a model on a dataset of inputs.\n\n%s\n",
                CommandLine::help_text().c_str());
    ForwardSpec spec;
    print_options(list_options([&](OptionVisitor& v) { spec.fields(v); }));
    return 0;
  }
  const Composer composer(line, registry);
  if (print_view(composer, line)) return 0;
  const config::Node config = composer.resolved(line.overrides);
  const std::int64_t count = run_forward(config, registry, line.force);
  std::printf("%lld inputs: %s\n", static_cast<long long>(count),
              config.find("output")->text().c_str());
  return 0;
}

}  // namespace strang
