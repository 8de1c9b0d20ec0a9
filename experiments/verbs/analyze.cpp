#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "analysis/feature_tables.h"
#include "analysis/run_set.h"
#include "analysis/run_tables.h"
#include "analysis/work_precision.h"
#include "core/error.h"
#include "experiments/verbs/verbs.h"

namespace strang {
namespace {

using analysis::RunSet;
using analysis::TextTable;

constexpr const char* flags =
    "\nFILES are run files, finished or not (run.h5, run.h5.part), or folders that hold some.\n"
    "Runs are told apart by the keys of their specs that differ. Only files are read. For fid they "
    "are\n"
    "run files, files of `strang features`, and safetensors; FILE#KEY where one holds several.\n\n"
    "  --format text|csv|markdown   text is the default; csv has every digit\n"
    "  --nodes                      with error: at every node of the grid\n";

struct Arguments {
  std::string format = "text";
  bool nodes = false;
  std::vector<std::string> files;
};

// Prints tables one after the other; a table that is not the first has a title.
class Printer {
 public:
  explicit Printer(std::string format) : format_(std::move(format)) {}

  void operator()(const TextTable& table, const std::string& title = "") {
    if (!title.empty()) std::printf("\n%s\n", title.c_str());
    if (!title.empty() && format_ == "markdown") std::printf("\n");
    const std::string text = format_ == "csv"        ? table.csv()
                             : format_ == "markdown" ? table.markdown()
                                                     : table.text();
    std::fputs(text.c_str(), stdout);
  }

 private:
  std::string format_;
};

RunSet runs_of(const Arguments& arguments) {
  return analysis::read_runs(analysis::find_runs(arguments.files));
}

void print_errors(const Arguments& arguments) {
  const RunSet set = runs_of(arguments);
  Printer print(arguments.format);
  print(arguments.nodes ? analysis::make_node_table(set) : analysis::make_error_table(set));
  if (has_weak(set)) print(analysis::make_weak_table(set), "weak errors");
  if (has_parts(set)) print(analysis::make_parts_table(set), "where the error comes from (rms)");
}

void print_runs(const Arguments& arguments) {
  Printer{arguments.format}(analysis::make_run_table(runs_of(arguments)));
}

void print_distances(const Arguments& arguments) {
  Printer{arguments.format}(analysis::make_distance_table(arguments.files));
}

// What `strang analyze` can make of run files.
struct Analysis {
  std::string name, help;
  std::function<void(const Arguments&)> print;
};

const std::vector<Analysis>& analyses() {
  static const std::vector<Analysis> all = {
      {"error", "errors by norm, weak errors, and where errors come from", print_errors},
      {"order", "order of convergence of runs that differ in steps",
       [](const Arguments& arguments) {
         Printer{arguments.format}(analysis::make_order_table(runs_of(arguments)));
       }},
      {"work-precision", "runs by evaluations and error, with their rank",
       [](const Arguments& arguments) {
         Printer{arguments.format}(analysis::make_work_table(runs_of(arguments)));
       }},
      {"fid", "distances of feature statistics from those of the last file", print_distances},
      {"table", "one row a run, as `strang run` prints it", print_runs}};
  return all;
}

int print_help() {
  std::printf("strang analyze WHAT FILES...: tables from run files. WHAT is one of\n\n");
  for (const Analysis& one : analyses())
    std::printf("  %-15s %s\n", one.name.c_str(), one.help.c_str());
  std::fputs(flags, stdout);
  return 0;
}

Arguments parse(const std::vector<std::string>& words) {
  Arguments arguments;
  const std::vector<std::string> formats = {"text", "csv", "markdown"};
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "--format") {
      require(++i < words.size(), "--format needs a word: text, csv or markdown");
      arguments.format = words[i];
    } else if (words[i].starts_with("--format=")) {
      arguments.format = words[i].substr(9);
    } else if (words[i] == "--nodes") {
      arguments.nodes = true;
    } else {
      require(!words[i].starts_with("-"),
              "strang analyze has no flag '{}'{}; it has --format, --nodes", words[i],
              did_you_mean(words[i], {"--format", "--nodes"}));
      arguments.files.push_back(words[i]);
    }
  }
  require(std::find(formats.begin(), formats.end(), arguments.format) != formats.end(),
          "--format is '{}': allowed are text, csv, markdown{}", arguments.format,
          did_you_mean(arguments.format, formats));
  require(!arguments.files.empty(),
          "strang analyze {}: no files are given; it takes run files and folders that hold some",
          words[0]);
  return arguments;
}

}  // namespace

// `strang analyze WHAT FILES...`: tables from run files.
int verb_analyze(const std::vector<std::string>& words, Registry&) {
  if (words.empty() || words[0] == "--help" || words[0] == "-h") return print_help();
  std::vector<std::string> names;
  for (const Analysis& one : analyses()) names.push_back(one.name);
  for (const Analysis& one : analyses()) {
    if (one.name != words[0]) continue;
    const Arguments arguments = parse(words);
    one.print(arguments);
    return 0;
  }
  throw UsageError(fmt::format("there is no analysis '{}'{}; there are {}", words[0],
                               did_you_mean(words[0], names), fmt::join(names, ", ")));
}

}  // namespace strang
