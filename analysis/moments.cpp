#include "analysis/moments.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/error.h"

namespace strang::analysis {

at::Tensor Moments::covariance() const {
  require(n >= 2, "a covariance needs at least 2 samples, found {}", n);
  return scatter / static_cast<double>(n - 1);
}

Moments moments_of(const at::Tensor& values) {
  const at::Tensor x = values.to(at::kDouble);
  const std::int64_t n = x.size(0), d = x.size(1);
  if (n == 0) return {0, at::zeros({d}, at::kDouble), at::zeros({d, d}, at::kDouble)};
  at::Tensor mean = x.mean(0);
  const at::Tensor centred = x - mean;
  return {n, std::move(mean), centred.t().mm(centred)};
}

Moments merge(const Moments& a, const Moments& b) {
  ensure(a.dimension() == b.dimension(), "moments of {} and {} features do not merge",
         a.dimension(), b.dimension());
  if (a.n == 0) return b;
  if (b.n == 0) return a;
  const auto na = static_cast<double>(a.n), nb = static_cast<double>(b.n), n = na + nb;
  const at::Tensor step = b.mean - a.mean;
  return {a.n + b.n, a.mean + step * (nb / n),
          a.scatter + b.scatter + step.outer(step) * (na * nb / n)};
}

void MomentTree::add(std::int64_t block, Moments moments) {
  insert({0, block}, std::move(moments));
}

void MomentTree::add(const MomentTree& other) {
  for (const auto& [key, moments] : other.nodes_) insert(key, moments);
}

void MomentTree::insert(Key key, Moments moments) {
  const auto first = [](const Key& k) { return k.second << k.first; };
  const auto end = [](const Key& k) { return (k.second + 1) << k.first; };
  for (const auto& [there, stored] : nodes_)
    ensure(end(there) <= first(key) || end(key) <= first(there),
           "the moments of block {} were added before", std::max(first(key), first(there)));
  for (;;) {
    const auto sibling = nodes_.find({key.first, key.second ^ 1});
    if (sibling == nodes_.end()) break;
    const bool left = (key.second & 1) == 0;
    moments = left ? merge(moments, sibling->second) : merge(sibling->second, moments);
    nodes_.erase(sibling);
    key = {key.first + 1, key.second >> 1};
  }
  nodes_[key] = std::move(moments);
}

Moments MomentTree::total() const {
  ensure(!nodes_.empty(), "no moments");
  std::vector<std::pair<std::int64_t, const Moments*>> order;
  for (const auto& [key, moments] : nodes_) order.emplace_back(key.second << key.first, &moments);
  std::sort(order.begin(), order.end());
  // From the right: the last, incomplete blocks first, as a complete tree would.
  Moments total = *order.back().second;
  for (std::size_t i = order.size() - 1; i-- > 0;) total = merge(*order[i].second, total);
  return total;
}

}  // namespace strang::analysis
