#include "core/error.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace strang {
namespace {

// Damerau-Levenshtein distance (adjacent transpositions count as one edit).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

bool contains(std::string_view text, std::string_view part) {
  return part.size() >= 3 && text.find(part) != std::string_view::npos;
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view word,
                                       const std::vector<std::string>& candidates,
                                       std::size_t limit) {
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& name : candidates) {
    const std::size_t distance = edit_distance(word, name);
    const std::size_t allowed = std::max<std::size_t>(1, std::max(word.size(), name.size()) / 3);
    if (distance <= allowed)
      ranked.emplace_back(distance, name);
    else if (contains(name, word) || contains(word, name))
      ranked.emplace_back(allowed + distance, name);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (const auto& [distance, name] : ranked)
    if (names.size() < limit) names.push_back(name);
  return names;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  const std::vector<std::string> names = nearest_names(word, candidates);
  if (names.empty()) return "";
  std::string text = " (did you mean '" + names[0] + "'";
  for (std::size_t i = 1; i < names.size(); ++i)
    text += (i + 1 == names.size() ? " or '" : ", '") + names[i] + "'";
  return text + "?)";
}

}  // namespace strang
