#include "experiments/norms.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/error.h"
#include "core/tensor.h"

namespace strang {
namespace {

template <class T>
double distance(bool largest, const T* a, const T* b, std::int64_t n) {
  double sum = 0, most = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += d * d;
    most = std::max(most, std::abs(d));
  }
  return largest ? most : std::sqrt(sum / static_cast<double>(n));
}

// The slot that a norm looks at; -1: all.
int slot_of(std::string_view norm) {
  if (norm.ends_with("_position")) return 0;
  return norm.ends_with("_momentum") ? 1 : -1;
}

template <class T>
void distances_of(const std::string& norm, const at::Tensor& a, const at::Tensor& b,
                  std::int64_t rows, double* out) {
  const std::int64_t stride = a.stride(0), slot = slot_of(norm);
  const std::int64_t count = slot < 0 ? stride : a.stride(1), begin = slot < 0 ? 0 : slot * count;
  const T* x = a.const_data_ptr<T>() + begin;
  const T* y = b.const_data_ptr<T>() + begin;
  for (std::int64_t row = 0; row < rows; ++row)
    out[row] = distance(norm.starts_with("linf"), x + row * stride, y + row * stride, count);
}

}  // namespace

const std::vector<std::string>& norm_names() {
  static const std::vector<std::string> names = {"rmse",          "linf",          "rmse_position",
                                                 "linf_position", "rmse_momentum", "linf_momentum"};
  return names;
}

std::vector<std::string> norms_for(int slots) {
  std::vector<std::string> names;
  for (const std::string& name : norm_names())
    if (slot_of(name) < slots) names.push_back(name);
  return names;
}

void distances(const std::string& norm, const at::Tensor& a, const at::Tensor& b, std::int64_t rows,
               double* out) {
  ensure(a.is_contiguous() && b.is_contiguous() && a.scalar_type() == b.scalar_type(),
         "distances need packed states of one type");
  a.scalar_type() == at::kDouble ? distances_of<double>(norm, a, b, rows, out)
                                 : distances_of<float>(norm, a, b, rows, out);
}

}  // namespace strang
