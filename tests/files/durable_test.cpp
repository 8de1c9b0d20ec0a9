#include "core/files/durable.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::files {
namespace {

using test::contains;

std::size_t entries(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(Durable, a_write_replaces_the_file_and_leaves_nothing_else) {
  const test::TemporaryFolder folder;
  test::write_text(folder / "a.txt", "old and longer");
  write_atomically(folder / "a.txt", std::string_view("new"));
  EXPECT_EQ(test::read_text(folder / "a.txt"), "new");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(Durable, a_failed_write_names_the_path_and_leaves_nothing) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "taken");
  const auto write = [&](const char* name) {
    return test::message_of<Error>([&] { write_atomically(folder / name, std::string_view("x")); });
  };
  EXPECT_TRUE(contains(write("none/a.txt"), "No such file or directory"));
  EXPECT_TRUE(contains(write("taken"), "cannot be renamed to taken (Is a directory)"));
  EXPECT_EQ(entries(folder.path()), 1u);
}

}  // namespace
}  // namespace strang::files
