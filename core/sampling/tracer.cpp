#include "core/sampling/tracer.h"

#include <utility>

#include "core/error.h"

namespace strang {
namespace {

Value form_view(const ViewForm& form, const Value& u, const Value& output) {
  if (!form.undefined.empty()) return Value::undefined(form.undefined);
  return form.input * u + form.output * output;
}

// The estimate at a per-row time: one view, formed by the field.
Estimate single_view(View view, const Value& atom) {
  const Value other = Value::undefined("an evaluation at per-sample times gives one view only");
  Estimate estimate{other, other, other, other, other};
  switch (view) {
    case View::output:
      estimate.output = atom;
      break;
    case View::data:
      estimate.data = atom;
      break;
    case View::noise:
      estimate.noise = atom;
      break;
    case View::score:
      estimate.score = atom;
      break;
    case View::velocity:
      estimate.velocity = atom;
      break;
  }
  return estimate;
}

}  // namespace

Tracer::Tracer(Builder& builder, const Field& field, Options options)
    : builder_(&builder), field_(&field), options_(std::move(options)) {}

Estimate Tracer::evaluate(Value& u, Time t, EvalOptions options) {
  u = Value(builder_->materialise(u), builder_->slots());
  const AtomId in = u.as_atom();
  const int index = evaluations_++;
  if (!t.is_number())
    return single_view(options.view, builder_->evaluate(in, 0, t.id(), options.part, options.view));
  const Value output = builder_->evaluate(in, t.value(), none, options.part, View::output);
  const Views views = field_->views(t.value());
  Estimate estimate{output, form_view(views.data, u, output), form_view(views.noise, u, output),
                    form_view(views.score, u, output), form_view(views.velocity, u, output)};
  if (options_.record_evaluations) {
    builder_->record("input", index, t.value(), u);
    builder_->record("data", index, t.value(), estimate.data);
  }
  if (options_.after_evaluation) options_.after_evaluation(t.value(), u, estimate);
  return estimate;
}

Value Tracer::node(const Value& value, double t) {
  const Value state =
      store(options_.before_node ? options_.before_node(nodes_ + 1, t, value) : value);
  ++nodes_;
  if (options_.emit_nodes) builder_->node(nodes_, t, state.as_atom());
  if (options_.after_node) options_.after_node(nodes_, t, state);
  return state;
}

Value Tracer::store(const Value& value) {
  return Value(builder_->materialise(value), builder_->slots());
}

Value Tracer::noise(double from, double to, int stream, Domain domain) {
  return builder_->noise(from, to, nodes_, stream, domain);
}

Scalar Tracer::norm(const Value& value) {
  return builder_->reduce({.kind = Reduce::Kind::norm, .a = builder_->materialise(value)});
}

Scalar Tracer::dot(const Value& a, const Value& b) {
  return builder_->reduce(
      {.kind = Reduce::Kind::dot, .a = builder_->materialise(a), .b = builder_->materialise(b)});
}

Scalar Tracer::scaled_rms(const Value& error, const Value& a, const Value& b, double absolute,
                          double relative, bool across_batch) {
  return builder_->reduce({.kind = Reduce::Kind::scaled_rms,
                           .a = builder_->materialise(error),
                           .b = builder_->materialise(a),
                           .c = builder_->materialise(b),
                           .absolute = absolute,
                           .relative = relative,
                           .across_batch = across_batch});
}

}  // namespace strang
