#include "core/store/part_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "core/error.h"
#include "tests/files/message.h"
#include "tests/files/temporary_folder.h"

namespace strang::store {
namespace {

using test::contains;
using test::message_of;

// Runs `function` in a child process and returns its exit status, or minus the signal that ended
// it.
template <class Function>
int in_child(Function&& function) {
  const pid_t child = ::fork();
  if (child == 0) {
    function();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

class PartFileTest : public testing::Test {
 protected:
  std::string message() {
    return message_of<Error>([&] { PartFile{path_}; });
  }

  const test::TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_ / "run.h5";
  const std::filesystem::path part_ = folder_ / "run.h5.part";
  const std::vector<double> values_ = {1, 2, 3};
};

TEST_F(PartFileTest, the_final_name_appears_on_commit_only) {
  PartFile out(path_);
  out.file().root().write("x", {{"d0", 3}}, values_);
  EXPECT_FALSE(std::filesystem::exists(path_));
  out.commit();
  EXPECT_FALSE(std::filesystem::exists(part_));
  EXPECT_EQ(File::open(path_).root().dataset("x").read<double>(), values_);
}

TEST_F(PartFileTest, what_is_not_committed_stays_readable_as_part) {
  {
    PartFile out(path_);
    out.file().root().write("x", {{"d0", 3}}, values_);
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(File::open(part_).root().dataset("x").read<double>(), values_);
}

TEST_F(PartFileTest, a_kill_leaves_the_last_flush) {
  const int status = in_child([&] {
    PartFile out(path_);
    Dataset x = out.file().root().create("x", ElementType::float64, {{"row", 1000}, {"d0", 3}});
    for (std::int64_t row = 0; row < 500; ++row) {
      x.write(x.rows(row, 1), values_);
      if (row == 400) out.file().flush();
    }
    // More metadata than HDF5's cache holds by default.
    for (int i = 0; i < 5000; ++i) out.file().root().create_group(fmt::format("unflushed{}", i));
    std::raise(SIGKILL);
  });
  ASSERT_EQ(status, -SIGKILL);
  {
    const Group root = File::open(part_).root();
    EXPECT_TRUE(root.group_names().empty());
    const Dataset x = root.dataset("x");
    EXPECT_EQ(x.read<double>(x.rows(400, 1)), values_);
  }
  PartFile again(path_);
  EXPECT_TRUE(again.file().root().dataset_names().empty()) << "the rerun starts anew";
}

TEST_F(PartFileTest, an_existing_final_file_is_kept_unless_told_otherwise) {
  test::write_text(path_, "precious");
  EXPECT_TRUE(contains(message(), "run.h5: exists already"));
  PartFile out(path_, {.overwrite = true});
  EXPECT_EQ(test::read_text(path_), "precious") << "until the new one is complete";
  out.commit();
  File::open(path_);
}

TEST_F(PartFileTest, a_second_writer_is_refused_and_harms_nothing) {
  PartFile out(path_);
  out.file().root().write("x", {{"d0", 3}}, values_);
  EXPECT_EQ(in_child([&] {
              const std::string text = message();
              ::_exit(contains(text, "run.h5.part: this file is open elsewhere") ? 0 : 1);
            }),
            0);
  out.commit();
  EXPECT_EQ(File::open(path_).root().dataset("x").read<double>(), values_);
}

TEST_F(PartFileTest, a_reader_is_told_that_the_file_is_being_written) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    const PartFile out(path_);
    static_cast<void>(::write(ready[1], "x", 1));
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_TRUE(contains(message_of<Error>([&] { File::open(part_); }),
                       "run.h5.part: another process is writing this file"));
  ::kill(writer, SIGKILL);
  ::waitpid(writer, nullptr, 0);
  File::open(part_);
}

TEST_F(PartFileTest, a_part_that_was_replaced_is_not_committed) {
  PartFile out(path_);
  std::filesystem::remove(part_);
  test::write_text(part_, "of somebody else");
  EXPECT_TRUE(contains(message_of<Error>([&] { out.commit(); }), "has replaced this file"));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(PartFileTest, a_missing_folder_is_named) {
  EXPECT_TRUE(contains(message_of<UsageError>([&] { PartFile(folder_ / "none/run.h5"); }),
                       "none: no such folder for run.h5"));
}

// A limit on the size of files stands for the full disk: the same writes fail, at the same places.
void limit_files(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

TEST_F(PartFileTest, a_full_disk_is_found_when_a_dataset_is_created) {
  const int status = in_child([&] {
    PartFile out(path_);
    out.file().root().write("x", {{"d0", 3}}, values_);
    out.file().flush();
    limit_files(1 << 16);
    const auto create = [&] {
      out.file().root().create("y", ElementType::float64, {{"row", 1 << 20}});
    };
    ::_exit(
        contains(message_of<Error>(create),
                 "run.h5.part: /: cannot create dataset 'y' (File too large: make room, or write "
                 "to another folder)")
            ? 0
            : 1);
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(File::open(part_).root().dataset("x").read<double>(), values_);
}

TEST_F(PartFileTest,
       a_disk_that_fills_up_in_a_flush_leaves_the_last_flush_to_the_byte_and_a_working_process) {
  const int status = in_child([&] {
    std::string text, flushed;
    {
      PartFile out(path_);
      out.file().root().write("x", {{"d0", 3}}, values_);
      out.file().flush();
      flushed = test::read_text(part_);
      limit_files(std::filesystem::file_size(part_) + 4096);
      for (int i = 0; i < 100; ++i)
        out.file().root().create_group(fmt::format("g{}", i)).set_attribute("n", i);
      text = message_of<Error>([&] { out.commit(); });
    }
    // A file may get longer by the space that was reserved.
    const bool kept = test::read_text(part_).starts_with(flushed);
    limit_files(RLIM_INFINITY);
    PartFile again(path_);
    again.commit();
    std::exit(kept && contains(text, "run.h5.part: cannot write (File too large: make room") ? 0
                                                                                             : 1);
  });
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(PartFileTest, every_truncation_of_a_file_is_one_message) {
  PartFile out(path_);
  out.file().root().create_group("g").write("x", {{"d0", 3}}, values_);
  out.commit();
  const std::string whole = test::read_text(path_);
  for (std::size_t n = 0; n < whole.size(); n += 64) {
    test::write_text(folder_ / "cut.h5", whole.substr(0, n));
    EXPECT_TRUE(contains(message_of<UsageError>([&] { File::open(folder_ / "cut.h5"); }),
                         "cut.h5: not a readable HDF5 file ("))
        << n;
  }
}

}  // namespace
}  // namespace strang::store
