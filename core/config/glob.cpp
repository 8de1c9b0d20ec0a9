#include "core/config/sweep.h"

namespace strang::config {
namespace {

// Does the set that starts behind '[' at `at` hold `c`? Moves `at` behind its ']'.
bool in_set(std::string_view pattern, std::size_t& at, std::size_t close, char c) {
  const bool negated = pattern[at] == '!';
  if (negated) ++at;
  bool found = false;
  for (; at < close; ++at) {
    if (at + 2 < close && pattern[at + 1] == '-') {
      found |= pattern[at] <= c && c <= pattern[at + 2];
      at += 2;
    } else {
      found |= pattern[at] == c;
    }
  }
  at = close + 1;
  return found != negated;
}

// The ']' of the set that starts at `at`; one right behind '[' or '[!' belongs to the set.
std::size_t set_end(std::string_view pattern, std::size_t at) {
  std::size_t first = at + 1;
  if (first < pattern.size() && pattern[first] == '!') ++first;
  if (first < pattern.size() && pattern[first] == ']') ++first;
  return pattern.find(']', first);
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, resume = 0;  // where to retry after the last '*'
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
      continue;
    }
    if (p < pattern.size() && t < text.size()) {
      const std::size_t close = pattern[p] == '[' ? set_end(pattern, p) : std::string_view::npos;
      std::size_t next = p + 1;
      const bool matched = close != std::string_view::npos
                               ? in_set(pattern, next, close, text[t])
                               : pattern[p] == '?' || pattern[p] == text[t];
      if (matched) {
        p = next;
        ++t;
        continue;
      }
    }
    if (star == std::string_view::npos || resume >= text.size()) return false;
    t = ++resume;
    p = star + 1;
  }
  return true;
}

}  // namespace strang::config
