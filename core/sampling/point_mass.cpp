#include "core/sampling/point_mass.h"

#include "core/error.h"

namespace strang {
namespace {

// What every atom of a program is when the data is the point c and the noise n.
class PointMass {
 public:
  PointMass(const Field& field, const std::map<AtomId, double>& states, double c, double n)
      : field_(field), states_(states), c_(c), n_(n) {}

  void run(const Program& program) {
    numbers_.assign(program.atoms, 0);
    numbers_[0] = states_.count(0) != 0 ? exact(states_.at(0)) : 0;
    for (const Operation& operation : program.operations) {
      if (const auto* combine = std::get_if<Combine>(&operation)) {
        const auto state = states_.find(combine->out);
        numbers_[combine->out] =
            state == states_.end() ? sum(combine->terms) : exact(state->second);
      } else if (const auto* evaluate = std::get_if<Evaluate>(&operation)) {
        const ViewForm data = field_.views(evaluate->time).data;
        numbers_[evaluate->out] =
            (c_ - data.input.value() * numbers_[evaluate->in]) / data.output.value();
      }
    }
  }

  double exact(double t) const {
    return field_.process().mean(t).value() * c_ + field_.process().root(t).value() * n_;
  }

  double sum(const std::vector<Term>& terms) const {
    double total = 0;
    for (const Term& term : terms)
      if (term.free == none) total += term.coefficient.value() * numbers_[term.atom];
    return total;
  }

 private:
  const Field& field_;
  const std::map<AtomId, double>& states_;
  double c_, n_;
  std::vector<double> numbers_;
};

}  // namespace

Constraints point_mass_constraints(const Program& so_far, const Field& field,
                                   const std::map<AtomId, double>& states, double to,
                                   const Value& base, const std::vector<Value>& features,
                                   const std::vector<std::string>& kinds) {
  require(field.process().slots() == 1, "constraints need a process of one slot");
  Constraints constraints;
  for (const std::string& kind : kinds) {
    PointMass problem(field, states, kind == "translation" ? 1 : 0, kind == "translation" ? 0 : 1);
    problem.run(so_far);
    std::vector<double> row;
    for (const Value& feature : features) row.push_back(problem.sum(feature.terms()));
    constraints.rows.push_back(std::move(row));
    constraints.values.push_back(problem.exact(to) - problem.sum(base.terms()));
  }
  return constraints;
}

}  // namespace strang
