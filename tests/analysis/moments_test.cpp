#include "analysis/moments.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/analysis/draws.h"

namespace strang::analysis {
namespace {

bool same_bits(const Moments& a, const Moments& b) {
  return a.n == b.n && a.mean.equal(b.mean) && a.scatter.equal(b.scatter);
}

class MomentTreeTest : public testing::Test {
 protected:
  Moments block(std::int64_t j) const {
    return moments_of(values.slice(0, 10 * j, std::min<std::int64_t>(10 * j + 10, 103)));
  }
  MomentTree tree(const std::vector<std::int64_t>& blocks) const {
    MomentTree tree;
    for (const std::int64_t j : blocks) tree.add(j, block(j));
    return tree;
  }

  at::Tensor values = test::normals(1, 103, 5) * 3 + 100;
  std::vector<std::int64_t> all = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
};

TEST_F(MomentTreeTest, the_total_is_that_of_all_rows) {
  const Moments total = tree(all).total();
  EXPECT_EQ(total.n, 103);
  EXPECT_TRUE(at::allclose(total.mean, values.mean(0), 1e-14, 0));
  EXPECT_TRUE(at::allclose(total.covariance(), at::cov(values.t()), 1e-12, 1e-12));
}

TEST_F(MomentTreeTest, the_bits_do_not_depend_on_order_or_shard) {
  const Moments total = tree(all).total();
  EXPECT_TRUE(same_bits(tree({10, 3, 7, 0, 1, 9, 2, 8, 6, 4, 5}).total(), total));
  MomentTree shards = tree({4, 5, 6});
  shards.add(tree({0, 1, 2, 3, 10}));
  shards.add(tree({9, 8, 7}));
  EXPECT_TRUE(same_bits(shards.total(), total));
  EXPECT_FALSE(same_bits(moments_of(values), total)) << "otherwise this test sees nothing";
}

TEST_F(MomentTreeTest, a_block_counts_once) {
  MomentTree twice = tree({0, 1, 2});
  EXPECT_THROW(twice.add(1, block(1)), Error);
  EXPECT_THROW(MomentTree().total(), Error);
}

TEST_F(MomentTreeTest, empty_blocks_change_nothing) {
  MomentTree with = tree(all);
  with.add(11, moments_of(values.slice(0, 0, 0)));
  EXPECT_TRUE(same_bits(with.total(), tree(all).total()));
  EXPECT_THROW(moments_of(values.slice(0, 0, 1)).covariance(), UsageError);
}

}  // namespace
}  // namespace strang::analysis
