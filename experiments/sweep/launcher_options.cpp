#include "experiments/sweep/launcher_options.h"

#include "core/error.h"
#include "experiments/spec.h"

namespace strang {

void LauncherOptions::fields(OptionVisitor& v) {
  v.field("processes", processes, "processes that work on a sweep side by side").at_least(1);
  v.field("shards", shards, "parts of each run's samples, which processes share; 1: undivided")
      .at_least(1);
  if (name != "slurm") return;
  v.field("array_parallelism", array_parallelism, "of these, how many at a time; 0: all")
      .at_least(0);
  v.field("timeout_min", timeout_min, "time limit of a task, in minutes").at_least(1);
  v.field("cpus_per_task", cpus_per_task, "").at_least(1);
  v.field("gpus_per_node", gpus_per_node, "").at_least(0);
  v.field("mem_gb", mem_gb, "memory of a task; null: the cluster's default").at_least(1);
  v.field("partition", partition, "");
  v.field("account", account, "");
  v.field("qos", qos, "");
  v.field("constraint", constraint, "");
  v.field("exclude", exclude, "nodes that are not to be used");
  v.field("comment", comment, "");
  v.field("signal_delay_s", signal_delay_s, "USR1 comes so long before the time limit").at_least(1);
  v.field("max_num_timeout", max_num_timeout, "how often a task is queued again").at_least(0);
  v.field("additional_parameters", additional_parameters, "further lines for #SBATCH");
  v.field("setup", setup, "shell lines before the program");
  v.field("wait", wait, "return when the sweep has its end");
}

LauncherOptions LauncherOptions::read(const config::Node& config) {
  LauncherOptions options;
  const config::Node* node = config.find("launcher");
  if (node == nullptr || node->is_null()) return options;
  const config::Node map = plugin_map(*node);
  const config::Node* name = map.find("name");
  require(
      name != nullptr && name->is_string() && (name->text() == "local" || name->text() == "slurm"),
      "{}: 'launcher.name' is one of local, slurm", node->origin().describe());
  options.name = name->text();
  read_options(map, "launcher", [&](OptionVisitor& v) { options.fields(v); });
  return options;
}

}  // namespace strang
