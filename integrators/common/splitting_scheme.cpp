#include "integrators/common/splitting_scheme.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "core/options.h"

namespace strang {
namespace {

using Part = Substep::Part;

constexpr std::array parts = {Part::kick, Part::drift,    Part::full,
                              Part::ou,   Part::analytic, Part::residual};
const std::array<std::string, parts.size()> names = {"kick", "drift",    "full",
                                                     "ou",   "analytic", "residual"};
const std::array<std::string, parts.size()> helps = {
    "fraction of the step by which the momenta move",
    "fraction of the step by which the positions move",
    "fraction of the step by which everything moves",
    "fraction of the step for the exact Ornstein-Uhlenbeck process",
    "fraction of the step for the exact time-reversed forward process",
    "fraction of the step for what `analytic` leaves"};

Substep read_substep(const config::Node& node, const std::string& where) {
  std::array<std::optional<double>, parts.size()> fractions;
  std::string evaluate = "kept";
  read_options(node, where, [&](OptionVisitor& v) {
    for (std::size_t i = 0; i < parts.size(); ++i)
      v.field(names[i], fractions[i], helps[i]).in(0, 1);
    v.field("evaluate", evaluate, "evaluate the score at the start or end time, or keep the last")
        .one_of({"start", "end", "kept"});
  });
  Substep substep;
  int given = 0;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (fractions[i]) {
      substep.part = parts[i];
      substep.fraction = *fractions[i];
      ++given;
    }
  require(given == 1 && substep.fraction > 0,
          "{}: {} names {} parts: a substep moves one of {} by a fraction of the step in (0, 1]",
          node.origin().describe(), where, given, fmt::join(names, ", "));
  require(!substep.is_random() || evaluate == "kept",
          "{}: {} moves by an exact solution and reads no score: leave 'evaluate' out",
          node.origin().describe(), where);
  substep.evaluate = evaluate == "start" ? Substep::Evaluate::start
                     : evaluate == "end" ? Substep::Evaluate::end
                                         : Substep::Evaluate::kept;
  return substep;
}

// The fraction of the step that a part covers in all.
double covered(const SplittingScheme& scheme, Part part) {
  double sum = 0;
  for (const Substep& substep : scheme.substeps)
    if (substep.part == part) sum += substep.fraction;
  return sum;
}

Split split_of(const SplittingScheme& scheme) {
  if (covered(scheme, Part::analytic) > 0) return Split::residual;
  return covered(scheme, Part::ou) > 0 ? Split::langevin : Split::ode;
}

void require_consistent(const SplittingScheme& scheme, const std::string& place) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const double sum = covered(scheme, parts[i]);
    require(sum == 0 || std::abs(sum - 1) <= 1e-12,
            "{}: the substeps '{}' cover {:g} of a step: their fractions must add up to 1", place,
            names[i], sum);
  }
  const auto has = [&](Part part) { return covered(scheme, part) > 0; };
  const bool rows = has(Part::kick) && has(Part::drift) && !has(Part::full);
  const bool whole = has(Part::full) && !has(Part::kick) && !has(Part::drift);
  const bool reversed = has(Part::analytic) && has(Part::residual) && !has(Part::ou);
  const bool plain = !has(Part::analytic) && !has(Part::residual);
  require((plain && (rows || whole)) ||
              (reversed && !has(Part::kick) && !has(Part::drift) && !has(Part::full)),
          "{}: the substeps do not make up an equation: take kick and drift, or full, each with or "
          "without ou; or analytic and residual",
          place);
}

}  // namespace

int SplittingScheme::evaluations() const {
  return static_cast<int>(std::count_if(substeps.begin(), substeps.end(), [](const Substep& s) {
    return s.evaluate != Substep::Evaluate::kept;
  }));
}

bool SplittingScheme::is_random() const { return split != Split::ode; }

bool SplittingScheme::moves_rows() const { return covered(*this, Part::kick) > 0; }

bool SplittingScheme::continues_score() const {
  const auto first = std::find_if(substeps.begin(), substeps.end(),
                                  [](const Substep& s) { return !s.is_random(); });
  return first->evaluate == Substep::Evaluate::kept;
}

SplittingScheme read_scheme(const config::Node& list, const std::string& where) {
  require(list.is_list() && !list.list().empty(),
          "{}: '{}' is {}: give a list of substeps, such as [{{kick: 1, evaluate: start}}, "
          "{{drift: 1}}]",
          list.origin().describe(), where, list.is_null() ? "not set" : list.kind_name());
  SplittingScheme scheme;
  for (std::size_t i = 0; i < list.list().size(); ++i) {
    Substep substep = read_substep(list.list()[i], fmt::format("{}[{}]", where, i));
    substep.begin = covered(scheme, substep.part);
    scheme.substeps.push_back(substep);
  }
  const std::string place = fmt::format("{}: '{}'", list.origin().describe(), where);
  require_consistent(scheme, place);
  scheme.split = split_of(scheme);
  require(scheme.evaluations() > 0, "{}: no substep evaluates the score", place);
  return scheme;
}

}  // namespace strang
