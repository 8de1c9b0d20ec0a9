// Modules that were compiled outside the tree (tests/plugin_example) join the registry.

#include "core/plugin_loader.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/plugin_abi.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"
#include "tests/properties/problem.h"

namespace strang {
namespace {

using namespace test;

Registry filled() {
  Registry all;
  register_models(all);
  register_integrators(all);
  return all;
}

std::string refusal(const std::string& path) {
  Registry all = filled();
  const std::size_t before = all.integrators.entries().size();
  const std::string message = usage_error([&] { load_plugin(path, all); });
  EXPECT_EQ(all.integrators.entries().size(), before);
  EXPECT_EQ(message.find('\n'), std::string::npos) << "one line";
  return message;
}

at::Tensor sample(const Registry& all, const std::string& yaml) {
  const Problem problem("{name: edm}", gaussian);
  const auto integrator =
      all.integrators.build(config::parse_yaml(yaml, "test"), "integrator", all).object;
  const Grid grid = problem.grid({3, 2, 1});
  return run(trace_sampler(*integrator, problem.field, grid), problem.field,
             initial_states(problem, grid, 4));
}

TEST(plugin_loader, a_module_is_an_integrator_like_any_other) {
  Registry all = filled();
  load_plugin(MODULES "/midpoint.so", all);
  EXPECT_LE(
      largest(sample(all, "{name: midpoint}") - sample(all, "{name: edm_ablation, alpha: 0.5}")),
      1e-14);
  EXPECT_TRUE(contains(usage_error([&] { sample(all, "{name: midpoint, were: 1}"); }),
                       "unknown option 'integrator.were' (did you mean 'where'?)"));
  EXPECT_EQ(all.integrators.find("midpoint")->help().at(0).allowed, "in [0.01, 1]");
}

TEST(plugin_loader, relative_paths_are_of_the_working_directory) {
  Registry all = filled();
  const std::filesystem::path here = std::filesystem::current_path();
  std::filesystem::current_path(MODULES);
  EXPECT_EQ(usage_error([&] { load_plugin("midpoint.so", all); }), "");
  std::filesystem::current_path(here);
}

TEST(plugin_loader, a_missing_file_is_named) {
  EXPECT_TRUE(contains(refusal("nowhere/x.so"), "plugin 'nowhere/x.so': no such file"));
}

TEST(plugin_loader, a_file_that_is_no_shared_object_is_refused) {
  const TemporaryFolder folder;
  write_text(folder / "text.so", "no module");
  EXPECT_TRUE(contains(refusal((folder / "text.so").string()), "cannot be loaded"));
  EXPECT_TRUE(contains(refusal(folder.path().string()), "cannot be loaded"));
}

TEST(plugin_loader, a_shared_object_without_a_registration_is_refused) {
  EXPECT_TRUE(contains(refusal(MODULES "/no_plugin.so"), "is no plugin of strang"));
}

TEST(plugin_loader, another_abi_is_refused_before_anything_is_called) {
  const std::string message = refusal(MODULES "/other_abi.so");
  EXPECT_TRUE(contains(message, "was built for [strang 0, libtorch 1.0.0, compiler 3]"));
  EXPECT_TRUE(contains(message, STRANG_ABI));
  EXPECT_TRUE(contains(message, "build it again"));
}

TEST(plugin_loader, an_undefined_symbol_is_named) {
  const std::string message = refusal(MODULES "/undefined_symbol.so");
  EXPECT_TRUE(contains(message, "cannot be loaded"));
  EXPECT_TRUE(contains(message, "strang_has_no_such_function"));
}

TEST(plugin_loader, a_taken_name_is_refused) {
  EXPECT_TRUE(
      contains(refusal(MODULES "/taken.so"), "two plugins call themselves integrator 'euler'"));
}

}  // namespace
}  // namespace strang
