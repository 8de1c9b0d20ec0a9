// Tests work on small states and share a machine: threads would wait for each other. Those that are
// about threads set their number.

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace {

class OneThread final : public testing::Environment {
  void SetUp() override { at::set_num_threads(1); }
};
const testing::Environment* const one_thread = testing::AddGlobalTestEnvironment(new OneThread);

}  // namespace
