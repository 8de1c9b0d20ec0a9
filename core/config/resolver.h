#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/config/interpolation.h"
#include "core/config/interpolation_parser.h"

namespace strang::config {

// Evaluates the interpolations of one tree. The tree must outlive it and must not change meanwhile.
class Resolver {
 public:
  Resolver(const Node& root, const Surroundings& surroundings)
      : root_(root), surroundings_(surroundings) {}

  // A node together with the way to it from the root: relative references climb that way.
  struct Step {
    const Node* node;
    std::string key;
    bool computed = false;  // made by a resolver: its texts are final
  };
  using Place = std::vector<Step>;

  Place root() const { return {{&root_, "", false}}; }
  const Surroundings& surroundings() const { return surroundings_; }

  // The child by key, as it stands; an empty place when there is none. A place that is no container
  // is an error.
  Place child(const Place& place, const std::string& key);
  // Follows interpolations until something else is reached.
  Place follow(const Place& place);
  // Walks down a path from `place`, following interpolations on the way. Empty when absent.
  Place select(Place place, const std::vector<std::string>& keys);
  // Walks a dotted path with leading dots, as the text at `at` would write it.
  Place select_text(const Place& at, const std::string& path);
  // The value with every interpolation inside resolved.
  Node value(const Place& place);
  Node evaluate(const Expression& expression, const Place& at);
  // The same as text: what stands for the value between other characters.
  std::string text(const Expression& expression, const Place& at);

  [[noreturn]] void fail(const Place& at, std::string_view message) const;

 private:
  // Marks the texts that are being evaluated, so that circles are found.
  class Guard;

  Place refer(const Expression::Reference& reference, const Place& at);
  Place climb(const Place& at, int dots) const;
  Node call(const Expression::Call& call, const Place& at);
  const Expression& parsed(const Place& at);

  const Node& root_;
  const Surroundings& surroundings_;
  std::deque<Node> computed_;
  std::map<const Node*, const Node*> results_;  // of texts that are calls or joined texts
  std::map<std::string, Expression> expressions_;
  std::set<const Node*> active_;
};

// The resolvers that configurations may call: the value of `${name:arguments}` at a place.
Node call_resolver(Resolver& resolver, const std::string& name, const std::vector<Node>& arguments,
                   const Resolver::Place& at);

// A value between other characters: True, None, 1.0, {'a': [1, 'x']}.
std::string value_text(const Node& node);

}  // namespace strang::config
