#include "core/terminal/progress.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace strang::terminal {
namespace {

// A sink with a clock that the test moves.
class ProgressTest : public testing::Test {
 protected:
  Progress make(bool terminal, std::int64_t total) {
    return {"heun",
            "samples",
            total,
            {.terminal = terminal,
             .write = [this](std::string_view text) { written_.emplace_back(text); },
             .seconds = [this] { return now_; }}};
  }

  std::vector<std::string> written_;
  double now_ = 100;
};

TEST_F(ProgressTest, a_terminal_is_redrawn_at_most_ten_times_a_second) {
  Progress progress = make(true, 1000);
  for (int i = 0; i < 1000; ++i) {
    now_ += 0.001;
    progress.advance(1);
  }
  EXPECT_LE(written_.size(), 11u);
  EXPECT_GE(written_.size(), 9u);
  for (const std::string& line : written_) EXPECT_EQ(line.front(), '\r');
}

TEST_F(ProgressTest, plain_lines_come_at_most_every_ten_seconds_and_at_the_end) {
  Progress progress = make(false, 25);
  for (int i = 0; i < 25; ++i) {
    now_ += 1;
    progress.advance(1);
  }
  progress.finish();
  EXPECT_EQ(written_,
            (std::vector<std::string>{"heun:  40 % 10/25 samples, 1 samples/s, 15 s left\n",
                                      "heun:  80 % 20/25 samples, 1 samples/s, 5 s left\n",
                                      "heun: 100 % 25/25 samples, 1 samples/s, 25 s\n"}));
}

TEST_F(ProgressTest, an_unfinished_bar_ends_its_line) {
  { const Progress progress = make(true, 10); }
  EXPECT_EQ(written_.back(), "\n");
}

TEST_F(ProgressTest, a_line_fits_its_width) {
  for (const int width : {20, 40, 79})
    EXPECT_LE(progress_line("a rather long label", "samples", 5, 50000, 3, width).size(),
              static_cast<std::size_t>(width));
  EXPECT_EQ(progress_line("heun", "samples", 512, 2048, 2, 79),
            "heun [######                  ]  25 % 512/2048 samples, 256 samples/s, 6 s left");
}

TEST_F(ProgressTest, durations_read_naturally) {
  EXPECT_EQ(duration_text(4.4), "4 s");
  EXPECT_EQ(duration_text(125), "2 min 05 s");
  EXPECT_EQ(duration_text(59.7), "1 min 00 s");
  EXPECT_EQ(duration_text(3 * 3600 + 12 * 60 + 3), "3 h 12 min");
}

}  // namespace
}  // namespace strang::terminal
