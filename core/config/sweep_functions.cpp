#include "core/config/sweep_functions.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "core/config/comma_list.h"
#include "core/error.h"

namespace strang::config {
namespace {

constexpr std::string_view function_names[] = {
    "bool", "choice", "float", "glob", "int", "interval", "range", "shuffle", "sort", "str", "tag"};

const Node* scalar(const Element& element) { return std::get_if<Node>(&element.form); }
const Element::List* list(const Element& element) {
  return std::get_if<Element::List>(&element.form);
}
bool is_null(const Element& e) { return scalar(e) != nullptr && scalar(e)->is_null(); }
bool is_number(const Element& e) {
  const Node* node = scalar(e);
  return node != nullptr && (node->is_int() || node->is_float() || node->is_bool());
}
bool is_text(const Element& e) {
  if (std::holds_alternative<Element::Quoted>(e.form)) return true;
  return scalar(e) != nullptr && (scalar(e)->is_string() || scalar(e)->is_missing());
}
std::string text_of(const Element& e) {
  if (const auto* quoted = std::get_if<Element::Quoted>(&e.form)) return quoted->text;
  return scalar(e)->is_missing() ? "???" : scalar(e)->text();
}
bool is_sweep(const Element& e, Sweep::Kind kind) {
  return e.sweep() != nullptr && e.sweep()->kind == kind;
}

std::string describe(const Element& e) {
  static constexpr std::string_view kinds[] = {"choice()", "range()", "interval()", "glob()"};
  if (const Sweep* sweep = e.sweep())
    return std::string(kinds[static_cast<std::size_t>(sweep->kind)]);
  if (is_null(e)) return "null";
  return fmt::format("{} of type {}", e.text(), e.to_node({}).kind_name());
}

Element make(Sweep sweep) { return {std::make_shared<const Sweep>(std::move(sweep))}; }

Element simple_choice(std::vector<Element> values) {
  for (const Element& value : values)
    require(value.sweep() == nullptr, "{} inside a list of values", describe(value));
  Sweep sweep;
  sweep.simple = true;
  sweep.values = std::move(values);
  return make(std::move(sweep));
}

// Arguments by name. `names` are the parameters in order; the first `required` must be given.
class Bound {
 public:
  Bound(const Call& call, std::initializer_list<std::string_view> names, std::size_t required)
      : names_(names), values_(names.size()) {
    require(call.positional.size() <= names_.size(), "{}() takes at most {} arguments, found {}",
            call.name, names_.size(), call.positional.size());
    for (std::size_t i = 0; i < call.positional.size(); ++i) values_[i] = &call.positional[i];
    for (const auto& [name, value] : call.named) {
      const auto at = std::find(names_.begin(), names_.end(), name);
      require(at != names_.end(), "{}() has no argument '{}' (allowed: {})", call.name, name,
              comma_list(names_));
      auto& slot = values_[static_cast<std::size_t>(at - names_.begin())];
      require(slot == nullptr, "{}(): '{}' is given twice", call.name, name);
      slot = &value;
    }
    for (std::size_t i = 0; i < required; ++i)
      require(values_[i] != nullptr, "{}(): argument '{}' is missing", call.name, names_[i]);
  }

  const Element* operator[](std::size_t i) const { return values_[i]; }

 private:
  std::vector<std::string_view> names_;
  std::vector<const Element*> values_;
};

// The only names that a function with any number of arguments takes.
const Element* named(const Call& call, std::string_view name,
                     const std::vector<std::string_view>& allowed) {
  const Element* found = nullptr;
  for (const auto& [given, value] : call.named) {
    require(std::find(allowed.begin(), allowed.end(), given) != allowed.end(),
            "{}() has no argument '{}'{}", call.name, given,
            allowed.empty() ? std::string() : fmt::format(" (allowed: {})", comma_list(allowed)));
    if (given == name && !is_null(value)) found = &value;
  }
  return found;
}

Element choice(const Call& call) {
  named(call, "", {});
  require(!call.positional.empty(), "choice() of nothing");
  for (const Element& value : call.positional)
    require(!is_null(value) && (value.sweep() == nullptr || is_sweep(value, Sweep::Kind::choice)),
            "choice() takes no {}", describe(value));
  Sweep sweep;
  if (call.positional.size() == 1 && is_sweep(call.positional[0], Sweep::Kind::choice)) {
    sweep = *call.positional[0].sweep();
    require(sweep.simple, "choice() inside choice()");
    sweep.simple = false;
  } else {
    sweep.values = call.positional;
  }
  return make(std::move(sweep));
}

const Node& number(const Call& call, const Element& value, std::string_view name) {
  require(is_number(value), "{}(): '{}' must be a number, found {}", call.name, name,
          describe(value));
  return *scalar(value);
}

Element range(const Call& call) {
  const Bound args(call, {"start", "stop", "step"}, 1);
  Sweep sweep;
  sweep.kind = Sweep::Kind::range;
  sweep.start = number(call, *args[0], "start");
  sweep.step = args[2] != nullptr ? number(call, *args[2], "step") : Node(std::int64_t{1});
  if (args[1] == nullptr || is_null(*args[1]))
    sweep.stop = std::exchange(sweep.start, Node(std::int64_t{0}));
  else
    sweep.stop = number(call, *args[1], "stop");
  return make(std::move(sweep));
}

Element interval(const Call& call) {
  const Bound args(call, {"start", "end"}, 2);
  Sweep sweep;
  sweep.kind = Sweep::Kind::interval;
  sweep.start = std::get<Node>(cast({number(call, *args[0], "start")}, Cast::to_float).form);
  sweep.stop = std::get<Node>(cast({number(call, *args[1], "end")}, Cast::to_float).form);
  return make(std::move(sweep));
}

std::vector<std::string> patterns(const Element* value, std::string_view name) {
  if (value == nullptr || (is_null(*value) && name == "exclude")) return {};
  if (is_text(*value)) return {text_of(*value)};
  require(list(*value) != nullptr, "glob(): '{}' must be a pattern or a list of patterns, found {}",
          name, describe(*value));
  std::vector<std::string> texts;
  for (const Element& item : *list(*value)) {
    require(item.sweep() == nullptr, "glob(): '{}' holds a {}", name, describe(item));
    texts.push_back(is_text(item) ? text_of(item) : item.text());
  }
  return texts;
}

Element glob(const Call& call) {
  const Bound args(call, {"include", "exclude"}, 1);
  Sweep sweep;
  sweep.kind = Sweep::Kind::glob;
  sweep.include = patterns(args[0], "include");
  sweep.exclude = patterns(args[1], "exclude");
  return make(std::move(sweep));
}

double as_double(const Node& node) {
  if (node.is_float()) return node.floating();
  return node.is_bool() ? (node.boolean() ? 1 : 0) : static_cast<double>(node.integer());
}

// a < b: numbers among each other, strings among each other, lists item by item; nothing else.
bool less(const Element& a, const Element& b) {
  if (is_number(a) && is_number(b)) {
    const Node &x = *scalar(a), &y = *scalar(b);
    if (x.is_int() && y.is_int()) return x.integer() < y.integer();
    return as_double(x) < as_double(y);
  }
  const bool both_plain = scalar(a) != nullptr && scalar(b) != nullptr;
  if (both_plain && is_text(a) && is_text(b)) return text_of(a) < text_of(b);
  if (list(a) != nullptr && list(b) != nullptr)
    return std::lexicographical_compare(list(a)->begin(), list(a)->end(), list(b)->begin(),
                                        list(b)->end(), less);
  throw UsageError(fmt::format("sort(): {} and {} have no order", describe(a), describe(b)));
}

std::vector<Element> sorted(std::vector<Element> values, bool reverse) {
  std::stable_sort(values.begin(), values.end(), [&](const Element& a, const Element& b) {
    return reverse ? less(b, a) : less(a, b);
  });
  return values;
}

Node add(const Node& a, const Node& b, int sign) {
  if (a.is_float() || b.is_float()) return Node(as_double(a) + sign * as_double(b));
  const auto exact = static_cast<std::int64_t>(as_double(b));
  std::int64_t sum = 0;
  const auto whole = a.is_bool() ? std::int64_t{a.boolean()} : a.integer();
  const auto part = b.is_int() ? b.integer() : exact;
  const bool overflow = sign > 0 ? __builtin_add_overflow(whole, part, &sum)
                                 : __builtin_sub_overflow(whole, part, &sum);
  require(!overflow, "sort(): the range leaves 64 bits");
  return Node(sum);
}

Element sort_sweep(Sweep sweep, bool reverse) {
  if (sweep.kind == Sweep::Kind::choice) {
    sweep.values = sorted(std::move(sweep.values), reverse);
    return make(std::move(sweep));
  }
  // A range is turned around when it runs the wrong way.
  const double start = as_double(sweep.start), stop = as_double(sweep.stop);
  if (reverse ? start < stop : start > stop) {
    const Node zero(std::int64_t{0});
    const Node negated = add(zero, sweep.step, -1);
    const Node size = as_double(sweep.step) < 0 ? negated : sweep.step;
    const int toward = reverse ? -1 : 1;
    const Node first = add(sweep.stop, size, toward);
    sweep.stop = add(sweep.start, size, toward);
    sweep.start = first;
    sweep.step = negated;
  }
  return make(std::move(sweep));
}

bool is_sortable_sweep(const Element& e) {
  return is_sweep(e, Sweep::Kind::choice) || is_sweep(e, Sweep::Kind::range);
}

void check_items(const Call& call) {
  for (const Element& value : call.positional)
    require(!is_null(value) && (value.sweep() == nullptr || is_sortable_sweep(value)),
            "{}() takes no {}", call.name, describe(value));
}

const Element::List* named_list(const Call& call, const std::vector<std::string_view>& allowed) {
  const Element* value = named(call, "list", allowed);
  require(value == nullptr || list(*value) != nullptr, "{}(): 'list' must be a list", call.name);
  return value != nullptr ? list(*value) : nullptr;
}

const Sweep* named_sweep(const Call& call, const std::vector<std::string_view>& allowed) {
  const Element* value = named(call, "sweep", allowed);
  require(value == nullptr || is_sortable_sweep(*value),
          "{}(): 'sweep' must be a choice() or a range()", call.name);
  return value != nullptr ? value->sweep() : nullptr;
}

Element sort(const Call& call) {
  const std::vector<std::string_view> allowed = {"sweep", "list", "reverse"};
  check_items(call);
  const Element* flag = named(call, "reverse", allowed);
  require(flag == nullptr || (scalar(*flag) != nullptr && scalar(*flag)->is_bool()),
          "sort(): 'reverse' must be true or false");
  const bool reverse = flag != nullptr && scalar(*flag)->boolean();
  if (const auto* items = named_list(call, allowed)) return {sorted(*items, reverse)};
  if (const auto* sweep = named_sweep(call, allowed)) return sort_sweep(*sweep, reverse);
  require(!call.positional.empty(), "sort() of nothing");
  if (call.positional.size() == 1) {
    const Element& only = call.positional[0];
    if (only.sweep() != nullptr) return sort_sweep(*only.sweep(), reverse);
    return list(only) != nullptr ? Element{sorted(*list(only), reverse)} : only;
  }
  for (const Element& value : call.positional)
    require(is_number(value) || is_text(value), "sort(): {} among other values", describe(value));
  return sort_sweep(*simple_choice(call.positional).sweep(), reverse);
}

Element shuffled_list(Element::List items, std::uint64_t seed) {
  shuffle_in_place(items, seed);
  return {std::move(items)};
}

Element shuffle(const Call& call) {
  const std::vector<std::string_view> allowed = {"sweep", "list"};
  check_items(call);
  if (const auto* items = named_list(call, allowed)) return shuffled_list(*items, call.seed);
  const Sweep* sweep = named_sweep(call, allowed);
  if (sweep == nullptr && call.positional.size() == 1) {
    const Element& only = call.positional[0];
    if (only.sweep() == nullptr)
      return list(only) != nullptr ? shuffled_list(*list(only), call.seed)
                                   : Element{Element::List{only}};
    sweep = only.sweep();
  }
  Sweep result = sweep != nullptr ? *sweep : *simple_choice(call.positional).sweep();
  result.shuffle = true;
  return make(std::move(result));
}

Element tag(const Call& call) {
  require(!call.positional.empty(), "tag() takes names and then a sweep");
  std::vector<Element> args = call.positional;
  if (const Element* sweep = named(call, "sweep", {"sweep"})) args.push_back(*sweep);
  for (const Element& arg : args)
    require(is_text(arg) || (arg.sweep() != nullptr && !is_sweep(arg, Sweep::Kind::glob)),
            "tag() takes names and then a sweep, found {}", describe(arg));
  require(args.back().sweep() != nullptr,
          "the last argument of tag() must be a choice(), range() or interval(), found {}",
          describe(args.back()));
  Sweep sweep = *args.back().sweep();
  sweep.tags.clear();
  for (std::size_t i = 0; i + 1 < args.size(); ++i) {
    require(is_text(args[i]), "tag(): a name is expected, found {}", describe(args[i]));
    sweep.tags.insert(text_of(args[i]));
  }
  return make(std::move(sweep));
}

Element cast_call(const Call& call, Cast type) {
  const Element* value = named(call, "value", {"value"});
  require(value == nullptr || call.positional.empty(),
          "{}() takes either 'value' or arguments without a name", call.name);
  if (value != nullptr) return cast(*value, type);
  require(!call.positional.empty(), "{}() of nothing", call.name);
  if (call.positional.size() == 1) return cast(call.positional[0], type);
  return cast(simple_choice(call.positional), type);
}

}  // namespace

void shuffle_in_place(std::vector<Element>& values, std::uint64_t seed) {
  // Fisher-Yates with SplitMix64 (Steele et al. 2014): the same order on every platform.
  std::uint64_t state = seed;
  const auto next = [&state] {
    state += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  };
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[next() % i]);
}

Element evaluate(Call call) {
  const auto plain = [](Element& e) {
    if (const auto* quoted = std::get_if<Element::Quoted>(&e.form)) e = {Node(quoted->text)};
  };
  for (Element& value : call.positional) plain(value);
  for (auto& [name, value] : call.named) plain(value);
  if (call.name == "choice") return choice(call);
  if (call.name == "range") return range(call);
  if (call.name == "interval") return interval(call);
  if (call.name == "glob") return glob(call);
  if (call.name == "sort") return sort(call);
  if (call.name == "shuffle") return shuffle(call);
  if (call.name == "tag") return tag(call);
  if (call.name == "int") return cast_call(call, Cast::to_int);
  if (call.name == "float") return cast_call(call, Cast::to_float);
  if (call.name == "str") return cast_call(call, Cast::to_str);
  if (call.name == "bool") return cast_call(call, Cast::to_bool);
  const std::vector<std::string> known(std::begin(function_names), std::end(function_names));
  throw UsageError(
      fmt::format("unknown function '{}'{}; there are {} (quote the value if it is text)",
                  call.name, did_you_mean(call.name, known), comma_list(known)));
}

}  // namespace strang::config
