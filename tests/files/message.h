#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace strang::test {

// The message of the Exception that `function` throws; "no exception" otherwise.
template <class Exception, class Function>
std::string message_of(Function&& function) {
  try {
    function();
  } catch (const Exception& error) {
    return error.what();
  }
  return "no exception";
}

inline testing::AssertionResult contains(std::string_view text, std::string_view part) {
  if (text.find(part) != std::string_view::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << part << "' is not in '" << text << "'";
}

}  // namespace strang::test
