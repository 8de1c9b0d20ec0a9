// Sweeps as a Slurm job array.

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "core/error.h"
#include "core/files/durable.h"
#include "experiments/sweep/launcher.h"

namespace strang {
namespace {

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string header(const LauncherOptions& o, const SweepFolder& folder, std::size_t tasks) {
  std::string text = "#!/bin/bash\n";
  const auto line = [&](const std::string& option) { text += "#SBATCH " + option + "\n"; };
  const auto word = [&](const char* option, const std::string& value) {
    if (!value.empty()) line(fmt::format("--{}={}", option, value));
  };
  line("--job-name=strang");
  line(fmt::format("--array=0-{}{}", tasks - 1,
                   o.array_parallelism > 0 ? fmt::format("%{}", o.array_parallelism) : ""));
  line(fmt::format("--output={}", (folder.path() / "slurm" / "%A_%a.log").string()));
  line("--open-mode=append");
  line("--requeue");
  line(fmt::format("--signal=B:USR1@{}", o.signal_delay_s));
  line(fmt::format("--time={}", o.timeout_min));
  line(fmt::format("--cpus-per-task={}", o.cpus_per_task));
  if (o.gpus_per_node > 0) line(fmt::format("--gpus-per-node={}", o.gpus_per_node));
  if (o.mem_gb) line(fmt::format("--mem={}G", *o.mem_gb));
  word("partition", o.partition);
  word("account", o.account);
  word("qos", o.qos);
  word("constraint", o.constraint);
  word("exclude", o.exclude);
  word("comment", o.comment);
  if (o.wait) line("--wait");
  for (const std::string& parameter : o.additional_parameters) line(parameter);
  return text;
}

// What a command prints, errors included; its exit status in `status`.
std::string output_of(const std::string& command, int& status) {
  std::string text;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"),
                                                   [](FILE*) { return 0; });
  ensure(pipe != nullptr, "{}: cannot be started", command);
  std::array<char, 4096> block;
  while (std::fgets(block.data(), block.size(), pipe.get()) != nullptr) text += block.data();
  const int ended = ::pclose(pipe.get());
  status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 1;
  return text;
}

}  // namespace

std::string slurm_script(const LauncherOptions& o, const SweepFolder& folder,
                         const std::string& reference_cache, std::size_t jobs) {
  const std::size_t tasks = std::min(static_cast<std::size_t>(o.processes), jobs);
  std::string text = header(o, folder, tasks);
  for (const std::string& line : o.setup) text += line + "\n";
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  text +=
      fmt::format("{} run --worker --resume {}", quoted(program), quoted(folder.path().string()));
  if (!reference_cache.empty()) text += " --reference-cache " + quoted(reference_cache);
  // The shell gets the signals and passes them on; `wait` returns once for each of them.
  text += fmt::format(R"( &
worker=$!
trap 'kill -USR1 $worker' USR1 TERM
status=0
while kill -0 $worker 2>/dev/null; do wait $worker; status=$?; done
if ((status == {} && ${{SLURM_RESTART_COUNT:-0}} < {})); then
  scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
fi
exit $status
)",
                      requeue_status, o.max_num_timeout);
  return text;
}

std::string submit(const LauncherOptions& options, const SweepFolder& folder,
                   const std::string& reference_cache, std::size_t jobs) {
  const std::filesystem::path script = folder.path() / "slurm" / "array.sh";
  std::error_code error;
  std::filesystem::create_directories(script.parent_path(), error);
  ensure(!error, "{}: the folder cannot be made ({})", script.parent_path().string(),
         error.message());
  files::write_atomically(script, slurm_script(options, folder, reference_cache, jobs));
  int status = 0;
  const std::string printed = output_of("sbatch " + quoted(script.string()) + " 2>&1", status);
  // With --wait the status is the highest of the tasks'; whether cells failed stands in the folder.
  ensure(status == 0 || (options.wait && printed.find("Submitted") != std::string::npos),
         "sbatch {}: {}", script.string(), printed);
  return printed;
}

}  // namespace strang
