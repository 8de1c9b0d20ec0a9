#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace strang::terminal {

// Where progress goes and what time it is.
struct ProgressSink {
  bool terminal;                                // redraw one line, or print plain lines
  std::function<void(std::string_view)> write;  // text with its own line ends
  std::function<double()> seconds;              // a clock that does not go back
  int width = 80;                               // columns of the terminal

  static ProgressSink standard_error();
};

// How far a loop is. On a terminal: a bar with rate and time left, redrawn at most ten times a
// second. Otherwise: a plain line at most every ten seconds, and a last one. One thread at a time.
//   Progress progress("heun", "samples", 2048, ProgressSink::standard_error());
//   for (...) progress.advance(256);
//   progress.finish();
class Progress {
 public:
  Progress(std::string label, std::string unit, std::int64_t total, ProgressSink sink);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();  // without `finish` (an error): leaves the bar and ends its line

  void advance(std::int64_t count);
  void finish();  // shows the final state

 private:
  void show();

  const std::string label_;
  const std::string unit_;
  const std::int64_t total_;
  const ProgressSink sink_;
  const double started_;
  double shown_;
  std::int64_t done_ = 0;
  bool drawn_ = false;
  bool finished_ = false;
};

// "4 s", "2 min 05 s", "3 h 12 min".
std::string duration_text(double seconds);

// One line without its end, cut to `width` columns; without a bar when the width is 0 (plain).
std::string progress_line(std::string_view label, std::string_view unit, std::int64_t done,
                          std::int64_t total, double seconds, int width);

}  // namespace strang::terminal
