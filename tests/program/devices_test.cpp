// Every device computes the same bits. The host's fast kernels are compared with the definition of
// the arithmetic (element.h), element by element as CUDA kernels walk through it; and, where there
// is a GPU, with the kernels there.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "core/error.h"
#include "core/program/builder.h"
#include "core/program/draw.h"
#include "core/program/kernels.h"
#include "core/program/noise_key.h"
#include "tests/files/message.h"
#include "tests/program/machine.h"

namespace strang {
namespace {

using namespace test;

// The bodies of the CUDA kernels, one thread after the other.
class Definition final : public Kernels {
 public:
  bool combine(const Extent& extent, std::span<const Operand> operands, void* out, Real out_type,
               const Watch& watch) const override {
    constexpr std::size_t most = element::Sum::max_operands;
    std::vector<double> sums(extent.rows * extent.slots * extent.elements);
    for (std::size_t begin = 0; begin == 0 || begin < operands.size(); begin += most) {
      const std::size_t count = std::min(most, operands.size() - begin);
      element::Sum sum{.extent = extent, .count = static_cast<int>(count)};
      for (std::size_t m = 0; m < count; ++m) sum.operands[m] = operands[begin + m];
      for (int r = 0; r < extent.slots; ++r) sum.empty[r] = element::is_empty(operands, r);
      if (begin > 0) sum.before = sums.data();
      if (begin + count < operands.size()) sum.after = sums.data();
      sum.out = out;
      sum.out_type = out_type;
      for (std::int64_t row = 0; row < extent.rows; ++row)
        for (std::int64_t i = 0; i < extent.elements; ++i)
          if (!element::combine(sum, row, i)) note(watch, row);
    }
    return true;
  }
  bool check(const Extent& extent, const void* data, Real type, const Watch& watch) const override {
    const std::int64_t size = extent.slots * extent.elements;
    for (std::int64_t i = 0; i < extent.rows * size; ++i)
      if (!element::is_finite(element::load(data, type, i))) note(watch, i / size);
    return true;
  }
  void select_rows(const Extent& extent, Real type, const double* mask, const void* a,
                   const void* b, void* out) const override {
    const std::int64_t size = extent.slots * extent.elements;
    for (std::int64_t i = 0; i < extent.rows * size; ++i)
      element::store(out, type, i, element::load(mask[i / size] != 0 ? a : b, type, i));
  }
  void draw(const Extent& extent, std::uint64_t key, std::int64_t first, void* out,
            Real type) const override {
    const std::int64_t size = extent.slots * extent.elements;
    for (std::int64_t row = 0; row < extent.rows; ++row)
      for (std::int64_t i = 0; i < size; ++i) {
        const normal::Pair pair = draw::box_muller(draw::uniforms(key, first + row, i / 2));
        element::store(out, type, row * size + i, i % 2 == 0 ? pair.first : pair.second);
      }
  }
  void compute(std::span<const Compute> code, double* registers, std::int64_t rows) const override {
    for (std::int64_t row = 0; row < rows; ++row)
      for (const Compute& op : code) element::compute(op, registers, rows, row);
  }
  void reduce(const Reduce& op, const Extent& extent, const element::Reduced& from,
              std::int64_t valid, double* out) const override {
    const std::int64_t size = extent.slots * extent.elements;
    for (std::int64_t row = 0; row < extent.rows; ++row) {
      double sums[element::lanes];
      for (int lane = 0; lane < element::lanes; ++lane)
        sums[lane] = element::lane_sum(op, from, row, size, lane);
      for (int half = element::lanes / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
      out[row] = op.across_batch ? sums[0] : element::finish(op, sums[0], size);
    }
    if (!op.across_batch) return;
    const double result = element::finish_batch(op, out, valid, size);
    for (std::int64_t row = 0; row < extent.rows; ++row) out[row] = result;
  }
  void copy(const void* from, void* to, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }
  void fetch(const void* from, void* to, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }

 private:
  static void note(const Watch& watch, std::int64_t row) {
    if (watch.first != nullptr) watch.first[row] = std::min(watch.first[row], watch.mark);
  }
};

// The kernels under test, and where their memory is.
struct Device {
  const char* name;
  at::DeviceType type;
};

class Devices : public testing::TestWithParam<Device> {
 protected:
  void SetUp() override {
    if (GetParam().type == at::kCUDA && !why_no_cuda().empty()) GTEST_SKIP() << why_no_cuda();
  }
  const Kernels& kernels() const {
    static const Definition definition;
    return GetParam().type == at::kCPU ? definition : kernels_on(GetParam().type);
  }
  at::Tensor there(const at::Tensor& x) const { return x.to(GetParam().type, false, true); }

  // f(kernels, to, out) of both, `to` putting tensors where the kernels are.
  template <class F>
  void expect_same(const at::Tensor& out, F f) {
    const at::Tensor expected = out.clone(), found = there(out);
    f(
        kernels_on(at::kCPU), [](const at::Tensor& x) { return x.clone(); }, expected);
    f(
        kernels(), [&](const at::Tensor& x) { return there(x); }, found);
    const at::Tensor host = found.cpu();
    ASSERT_EQ(std::memcmp(host.const_data_ptr(), expected.const_data_ptr(),
                          expected.numel() * expected.element_size()),
              0)
        << "largest difference "
        << (host.to(at::kDouble) - expected.to(at::kDouble)).abs().max().item<double>();
  }
};

at::Tensor state(std::int64_t rows, int slots, std::int64_t elements, at::ScalarType type,
                 int phase = 0) {
  return (1.7 * at::arange(rows * slots * elements, at::kDouble) + phase)
      .sin()
      .mul(3.3)
      .view({rows, slots, elements})
      .to(type);
}

TEST_P(Devices, combine) {
  for (const int slots : {1, 2, 3})
    for (const int count : {0, 1, 3, 8, 9, 33, 70})
      for (const std::int64_t elements : {1, 7, 513})
        for (const at::ScalarType type : {at::kFloat, at::kDouble})
          expect_same(state(5, slots, elements, type), [&](const Kernels& k, auto to, auto out) {
            std::vector<at::Tensor> memory;
            std::vector<Operand> operands;
            const at::Tensor factors = to(at::linspace(-1.3, 2.9, 5, at::kDouble));
            for (int m = 0; m < count; ++m) {
              const at::ScalarType other = m % 3 == 1 ? at::kFloat : type;
              memory.push_back(m == 2 && other == type ? out
                                                       : to(state(5, slots, elements, other, m)));
              Block c = Block::zero(slots);
              for (int e = 0; e < slots * slots; ++e)
                c(e / slots, e % slots) = (e + m) % 4 == 3 ? 0 : std::cos(1.1 * m + e);
              operands.push_back(
                  {memory.back().const_data_ptr(), real_of(other), c,
                   m % 4 == 1 ? factors.template const_data_ptr<double>() : nullptr});
            }
            k.combine(extent_of(out), operands, out.mutable_data_ptr(), real_of(type), {});
          });
}

TEST_P(Devices, rows_that_are_not_finite_are_marked_once) {
  const at::Tensor x = state(6, 1, 300, at::kFloat);
  x[1][0][299] = std::nan("");
  x[4][0][0] = std::numeric_limits<float>::infinity();
  const at::Tensor marks = at::full({6}, Watch::unmarked, at::kInt);
  marks[4] = 2;
  const auto expected = at::tensor(
      {Watch::unmarked, 7, Watch::unmarked, Watch::unmarked, 2, Watch::unmarked}, at::kInt);
  const auto run = [&](bool combined, const Kernels& k, auto to, const at::Tensor& out) {
    const at::Tensor data = to(x), sum = to(x);
    const Watch watch{out.mutable_data_ptr<int>(), 7};
    const Operand operand{data.const_data_ptr(), Real::float32, 1.0, nullptr};
    if (combined)
      k.combine(extent_of(data), {&operand, 1}, sum.mutable_data_ptr(), Real::float32, watch);
    else
      k.check(extent_of(data), data.const_data_ptr(), Real::float32, watch);
  };
  for (const bool combined : {false, true}) {
    expect_same(marks, [&](const Kernels& k, auto to, auto out) { run(combined, k, to, out); });
    const at::Tensor host = marks.clone();
    run(
        combined, kernels_on(at::kCPU), [](const at::Tensor& t) { return t.clone(); }, host);
    EXPECT_TRUE(host.equal(expected));
  }
}

TEST_P(Devices, select_rows) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble})
    expect_same(state(4, 2, 37, type), [&](const Kernels& k, auto to, auto out) {
      const at::Tensor mask = to(at::tensor({1.0, 0.0, -2.0, 0.0}, at::kDouble));
      const at::Tensor a = to(state(4, 2, 37, type, 1));
      k.select_rows(extent_of(out), real_of(type), mask.template const_data_ptr<double>(),
                    a.const_data_ptr(), out.const_data_ptr(), out.mutable_data_ptr());
    });
}

TEST_P(Devices, draws) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble})
    for (const std::int64_t elements : {1, 2, 129, 1000})
      expect_same(at::zeros({5, 2, elements}, type), [&](const Kernels& k, auto, auto out) {
        const std::uint64_t key = hash({12, Domain::process, 0.75, 0.5, 1});
        k.draw(extent_of(out), key, (std::int64_t{1} << 33) + 5, out.mutable_data_ptr(),
               real_of(type));
      });
}

TEST_P(Devices, scalar_instructions) {
  using Function = Compute::Function;
  const at::Tensor registers = state(1, 20, 70, at::kDouble).squeeze(0);
  registers[3].abs_();
  registers[4][0] = std::nan("");
  std::vector<Compute> code;
  for (int k = 0; k < 3; ++k)
    for (int f = 0; f <= static_cast<int>(Function::select); ++f)
      code.push_back({.out = 5 + f,
                      .function = static_cast<Function>(f),
                      .a = {3 + k % 2},
                      .b = {4},
                      .c = {none, 0.3}});
  for (int k = 0; k < 5; ++k)
    code.push_back({.out = 18, .function = Function::power, .a = {3}, .b = {none, -0.2 * k}});
  expect_same(registers, [&](const Kernels& k, auto, auto out) {
    k.compute(code, out.template mutable_data_ptr<double>(), 70);
  });
}

TEST_P(Devices, reductions) {
  for (const Reduce::Kind kind : {Reduce::Kind::norm, Reduce::Kind::dot, Reduce::Kind::scaled_rms})
    for (const bool across : {false, true})
      for (const std::int64_t elements : {1, 31, 33, 1000}) {
        const Reduce op{.kind = kind, .absolute = 1e-3, .relative = 0.1, .across_batch = across};
        expect_same(at::zeros({9}, at::kDouble), [&](const Kernels& k, auto to, auto out) {
          const at::Tensor a = to(state(9, 2, elements, at::kDouble));
          const at::Tensor b = to(state(9, 2, elements, at::kFloat, 1));
          const at::Tensor c = to(state(9, 2, elements, at::kDouble, 2));
          k.reduce(op, extent_of(a),
                   {{a.const_data_ptr(), Real::float64},
                    {b.const_data_ptr(), Real::float32},
                    {c.const_data_ptr(), Real::float64}},
                   7, out.template mutable_data_ptr<double>());
        });
      }
}

INSTANTIATE_TEST_SUITE_P(, Devices,
                         testing::Values(Device{"definition", at::kCPU}, Device{"cuda", at::kCUDA}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(own_arithmetic, power_is_that_of_the_library) {
  for (const double base : {1e-30, 3e-17, 0.2, 0.99, 1.0, 1.7, 42.0, 1e20})
    for (const double exponent : {-2.0, -0.7 / 5, -0.2, 0.0, 0.08, 1.0, 1.5}) {
      const double exact = std::pow(base, exponent);
      const double slack = 3e-16 * (2 + std::abs(exponent * std::log(base)));
      EXPECT_NEAR(element::power(base, exponent) / exact, 1, slack) << base << "^" << exponent;
    }
  EXPECT_EQ(element::power(0, 2), 0);
  EXPECT_EQ(element::power(0, -1), std::numeric_limits<double>::infinity());
  EXPECT_EQ(element::power(0, 0), 1);
  EXPECT_EQ(element::power(-2, 3), -8);
  EXPECT_EQ(element::power(std::numeric_limits<double>::infinity(), -0.2), 0);
  EXPECT_TRUE(std::isnan(element::power(std::nan(""), 0.5)));
  EXPECT_TRUE(std::isnan(element::power(-1, 0.5)));
}

// ---- Whole programs ----

// A step with noise, then a loop that shrinks each row by a factor of its own until it is small.
Program noisy_and_adaptive() {
  Builder b(2);
  b.node(0, 1.0, 0);
  const Value z = b.noise(1, 0.5, 0, 0, Domain::process);
  const Value e = b.evaluate(0, 0.75, none, Part::guidance, View::output);
  Value u = Value(b.materialise(b.initial() + Block{0.5, 0.25, 0, 1} * e + 0.3 * z), 2);
  b.node(1, 0.5, u.as_atom());
  b.record("kept", 1, 0.5, 2.0 * u);
  b.begin_loop();
  u = b.carry(u);
  const Scalar pass = b.carry(Scalar(1.0));
  const Scalar norm = b.reduce({.kind = Reduce::Kind::norm, .a = u.as_atom()});
  const Value next = Value(b.materialise(pow(norm, -0.3) * (0.5 * u)), 2);
  const Value filtered =
      b.filter({LinearOperator::Kind::mask, {33}, std::vector<double>(33, 0.75)}, next);
  const Value inside = b.evaluate(filtered.as_atom(), 0, pass.id(), Part::all, View::output);
  b.set_next(u, b.select(less(0.5, norm), filtered + 0.001 * inside, u));
  const Scalar then = pass + 1;
  b.set_next(pass, then);
  b.end_loop(less(0.5, norm), less(1.0, norm), 60);
  b.node(2, 0.0, u.as_atom());
  return b.finish(u);
}

// A field that computes where its input is.
class SquashAnywhere final : public Evaluator {
 public:
  bool runs_on(at::DeviceType) const override { return true; }
  at::ScalarType output_type(const Evaluate& op, at::ScalarType state) const override {
    return squash_.output_type(op, state);
  }
  void evaluate(const Evaluate& op, std::span<const double> times, const at::Tensor& in,
                const at::Tensor& out, Rows rows) const override {
    squash_.evaluate(op, times, in, out, rows);
  }

 private:
  Squash squash_;
};

Recorder execute_on(at::DeviceType device, const Evaluator& field, const Program& program,
                    const at::Tensor& u) {
  const KeyedNoise noise(3);
  Executor executor(program, field, noise,
                    {.microbatch = u.size(0),
                     .state_type = u.scalar_type(),
                     .event_shape = u.sizes().slice(2).vec(),
                     .followed = 2,
                     .device = device});
  Recorder recorder;
  executor.run(
      0, u.size(0), [&](const at::Tensor& out, Rows) { out.copy_(u); }, recorder);
  return recorder;
}

TEST(devices, programs_give_the_same_bits_on_cuda) {
  if (!why_no_cuda().empty()) GTEST_SKIP() << why_no_cuda();
  const Program program = noisy_and_adaptive();
  const Squash on_host;
  const SquashAnywhere anywhere;
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const at::Tensor u = start(8, 2, 33, type);
    const Recorder host = execute_on(at::kCPU, on_host, program, u);
    for (const Evaluator* field :
         {static_cast<const Evaluator*>(&on_host), static_cast<const Evaluator*>(&anywhere)}) {
      const Recorder there = execute_on(at::kCUDA, *field, program, u);
      EXPECT_TRUE(there.final.equal(host.final));
      EXPECT_TRUE(there.records.at(0).equal(host.records.at(0)));
      for (const int i : {0, 1, 2})
        EXPECT_TRUE(there.nodes.at(i).state.equal(host.nodes.at(i).state)) << i;
    }
  }
}

TEST(devices, a_device_that_is_not_there_is_refused_with_what_is_missing) {
  if (why_no_cuda().empty()) GTEST_SKIP() << "there is a GPU";
  EXPECT_EQ(message_of<Error>([] { kernels_on(at::kCUDA); }), "device 'cuda': " + why_no_cuda());
}

}  // namespace
}  // namespace strang
