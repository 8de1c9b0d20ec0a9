#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace strang {

// The one exception type. Its message says where, what was found, what is allowed and what to do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A mistake in the user's input (configuration, command line, files): `main` exits with status 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

// Throws UsageError with the formatted message unless `condition` holds.
template <class... Args>
void require(bool condition, fmt::format_string<Args...> message, Args&&... args) {
  if (!condition) throw UsageError(fmt::format(message, std::forward<Args>(args)...));
}

// Throws Error (a run that failed, status 1) with the formatted message unless `condition` holds.
template <class... Args>
void ensure(bool condition, fmt::format_string<Args...> message, Args&&... args) {
  if (!condition) throw Error(fmt::format(message, std::forward<Args>(args)...));
}

// The candidates nearest to `word` by edit distance (at most `limit`, only plausible misspellings),
// nearest first.
std::vector<std::string> nearest_names(std::string_view word,
                                       const std::vector<std::string>& candidates,
                                       std::size_t limit = 3);

// " (did you mean 'a' or 'b'?)", or an empty string when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace strang
