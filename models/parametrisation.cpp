#include "models/parametrisation.h"

#include "core/config/dump.h"
#include "core/error.h"

namespace strang {
namespace {

// Those of one slot, then those of two; t is first.
const std::vector<std::string>& names() {
  static const std::vector<std::string> all = {"t",    "alpha", "sigma", "e_xx", "e_mx", "k_xx",
                                               "k_xm", "k_mm",  "l_xx",  "l_xm", "l_mx", "l_mm"};
  return all;
}
constexpr std::size_t first_of_two = 3;

std::vector<double> values_at(const Process& process, double t) {
  const Block e = process.mean(t), l = process.root(t);
  std::vector<double> values(names().size());
  values[0] = t;
  if (process.slots() == 1) {
    values[1] = e.value();
    values[2] = l.value();
    return values;
  }
  const Block k = l * l.transpose();
  const std::vector<double> two = {e(0, 0), e(1, 0), k(0, 0), k(0, 1), k(1, 1),
                                   l(0, 0), l(0, 1), l(1, 0), l(1, 1)};
  std::copy(two.begin(), two.end(), values.begin() + first_of_two);
  return values;
}

// -L^-T, with infinite entries where L is singular.
Block noise_output(const Block& l) {
  bool regular = l.is_finite();
  for (int slot = 0; slot < l.slots(); ++slot) regular = regular && l(slot, slot) != 0;
  if (regular) return -l.transpose().inverse();
  return -std::numeric_limits<double>::infinity() * Block::identity(l.slots());
}

// Of the positions' or the momenta's own factor -1 / l, where the other slot has no noise at all.
Block half_output(const Block& l, int slot) {
  Block out = Block::zero(l.slots());
  out(slot, slot) = -1 / l(slot, slot);
  return out;
}

Block mixed_skip(const Block& l) {
  const Block k = l * l.transpose();
  Block skip = Block::zero(l.slots());
  for (int slot = 0; slot < l.slots(); ++slot) skip(slot, slot) = -1 / k(slot, slot);
  return skip;
}

// Row `slot` of a block, without the column of the slot that the network does not write.
Block own_row(const Block& block, int slot, bool own_column) {
  Block row = Block::zero(block.slots());
  for (int column = 0; column < block.slots(); ++column)
    if (!own_column || column == slot) row(slot, column) = block(slot, column);
  return row;
}

Block rounded(Block block) {
  for (int row = 0; row < block.slots(); ++row)
    for (int column = 0; column < block.slots(); ++column)
      block(row, column) = static_cast<float>(block(row, column));
  return block;
}

std::string text_of(const config::Node& node) {
  return node.is_string() ? node.text() : config::canonical(node);
}

}  // namespace

void Parametrisation::Options::fields(OptionVisitor& v) {
  v.field("form", form, "noise: score = -L^-T F; mixed: -u / variance is added to it")
      .one_of({"noise", "mixed"});
  v.field("half", half, "the slot that the network gives; auto: that with noise, if one has none")
      .one_of({"auto", "none", "position", "momentum"});
  v.field("c_skip", c_skip, "score = c_skip u + c_out F(c_in u; c_noise): number, formula, matrix");
  v.field("c_out", c_out,
          "the same; formulas in t, alpha, sigma or e_, k_, l_ entries of the kernel");
  v.field("c_in", c_in, "the same; null: 1");
  v.field("c_noise", c_noise, "time that the network sees, a formula that grows with t");
  v.field("coefficient_type", coefficient_type, "what c_skip and c_out are rounded to")
      .one_of({"float64", "float32"});
}

std::optional<Parametrisation::Matrix> Parametrisation::read(const config::Node& node,
                                                             const std::string& name) {
  if (node.is_null()) return std::nullopt;
  const std::string where = fmt::format("{}: 'model.{}'", node.origin().describe(), name);
  if (!node.is_list()) return Matrix{{Formula(text_of(node), names(), where)}, 1};
  Matrix matrix{{}, static_cast<int>(node.list().size())};
  for (const config::Node& row : node.list()) {
    require(row.is_list() && std::ssize(row.list()) == matrix.size,
            "{} is neither a number, a formula nor a square matrix of them", where);
    for (const config::Node& entry : row.list())
      matrix.entries.emplace_back(text_of(entry), names(), where);
  }
  return matrix;
}

Parametrisation::Parametrisation(const Options& options)
    : options_(options),
      skip_(read(options.c_skip, "c_skip")),
      out_(read(options.c_out, "c_out")),
      in_(read(options.c_in, "c_in")),
      noise_(options.c_noise, names(), "'model.c_noise'") {}

void Parametrisation::require_supports(const Process& process) const {
  const int slots = process.slots();
  require(slots <= 2, "a parametrisation is for one or two slots, not {}", slots);
  const auto check = [&](const Formula& formula) {
    for (std::size_t name = 1; name < names().size(); ++name)
      require(!formula.uses(name) || (name < first_of_two) == (slots == 1),
              "a formula of the model uses '{}', which a process with {} has not", names()[name],
              slots == 1 ? "one slot" : "two slots");
  };
  for (const auto* matrix : {&skip_, &out_, &in_}) {
    if (!*matrix) continue;
    require((*matrix)->size == 1 || (*matrix)->size == slots,
            "a coefficient of the model is a {0} x {0} matrix, and the process has {1} slots",
            (*matrix)->size, slots);
    for (const Formula& formula : (*matrix)->entries) check(formula);
  }
  check(noise_);
}

Block Parametrisation::evaluate(const Matrix& matrix, int slots,
                                const std::vector<double>& values) {
  Block block = Block::zero(slots);
  for (int i = 0; i < slots * slots; ++i) {
    const int row = i / slots, column = i % slots;
    if (matrix.size == slots)
      block(row, column) = matrix.entries[i](values);
    else if (row == column)
      block(row, column) = matrix.entries[0](values);
  }
  return block;
}

std::optional<int> Parametrisation::half(const Process& process, double t) const {
  if (options_.half == "none" || process.slots() == 1) return std::nullopt;
  if (options_.half != "auto") return options_.half == "position" ? 0 : 1;
  const Block g = process.diffusion(t), l = process.root(t);
  if (g(0, 0) == 0 && l(0, 1) == 0) return 1;  // with the lower factor, noise_m = -l_mm score_m
  if (g(1, 1) == 0 && l(1, 0) == 0) return 0;
  return std::nullopt;
}

Preconditioning Parametrisation::at(const Process& process, double t) const {
  const int slots = process.slots();
  const std::vector<double> values = values_at(process, t);
  const Block l = process.root(t);
  const std::optional<int> slot = half(process, t);
  const auto given = [&](const std::optional<Matrix>& matrix, auto otherwise) {
    return matrix ? evaluate(*matrix, slots, values) : otherwise();
  };
  Preconditioning result;
  result.skip =
      given(skip_, [&] { return options_.form == "mixed" ? mixed_skip(l) : Block::zero(slots); });
  result.out = given(out_, [&] { return slot ? half_output(l, *slot) : noise_output(l); });
  result.in = given(in_, [&] { return Block::identity(slots); });
  result.network_time = noise_(values);
  if (slot) {
    result.skip = own_row(result.skip, *slot, false);
    result.out = own_row(result.out, *slot, true);
  }
  return result;
}

Preconditioning Parametrisation::rounded_at(const Process& process, double t) const {
  Preconditioning result = at(process, t);
  if (options_.coefficient_type == "float32") {
    result.skip = rounded(result.skip);
    result.out = rounded(result.out);
  }
  return result;
}

double Parametrisation::network_time(const Process& process, double t) const {
  return noise_(values_at(process, t));
}

}  // namespace strang
