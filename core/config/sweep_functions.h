#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/config/override.h"

namespace strang::config {

// A function call in an override value.
struct Call {
  std::string name;
  std::vector<Element> positional;
  std::vector<std::pair<std::string, Element>> named;
  std::uint64_t seed = 0;  // of the order that shuffle gives to a list
};

// Evaluates it:
//   choice(a, b, ...)                     a sweep over the arguments
//   range([start,] stop [, step])         start, start + step, ... below stop; integers or floats
//   interval(start, end)                  all numbers between; no Cartesian sweep takes it
//   glob(include [, exclude])             options of a group by pattern; patterns or lists of them
//   sort(a, b, ... | list | sweep, reverse=false), shuffle(the same), tag(name, ..., sweep)
//   int, float, str, bool                 casts of a value, of all values in a list, dictionary or
//   sweep
// Throws UsageError that names the argument, what was found and what is allowed.
Element evaluate(Call call);

// The casts, for one value or a container of values.
enum class Cast { to_int, to_float, to_str, to_bool };
Element cast(const Element& value, Cast type);

// The same values in an order that depends on nothing but `seed`.
void shuffle_in_place(std::vector<Element>& values, std::uint64_t seed);

}  // namespace strang::config
