#include "core/terminal/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace strang::terminal {
namespace {

constexpr double redraw_seconds = 0.1;
constexpr double plain_seconds = 10;
constexpr double quiet_seconds = 1;  // loops this short leave no plain line

int terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string rate_text(double rate) {
  if (rate >= 100) return fmt::format("{:.0f}", rate);
  return fmt::format("{:.3g}", rate);
}

std::string bar(double fraction) {
  constexpr int cells = 24;
  const int full = static_cast<int>(std::floor(fraction * cells));
  return fmt::format(" [{}{}]", std::string(full, '#'), std::string(cells - full, ' '));
}

}  // namespace

ProgressSink ProgressSink::standard_error() {
  return {.terminal = ::isatty(STDERR_FILENO) == 1,
          .write =
              [](std::string_view text) {
                std::fwrite(text.data(), 1, text.size(), stderr);
                std::fflush(stderr);
              },
          .seconds =
              [] {
                const auto now = std::chrono::steady_clock::now().time_since_epoch();
                return std::chrono::duration<double>(now).count();
              },
          .width = terminal_width()};
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string progress_line(std::string_view label, std::string_view unit, std::int64_t done,
                          std::int64_t total, double seconds, int width) {
  const double fraction =
      total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 1;
  std::string line = fmt::format("{}{} {:3.0f} % {}/{} {}", label, width > 0 ? bar(fraction) : ":",
                                 std::floor(100 * fraction), done, total, unit);
  if (done > 0 && seconds > 0) {
    const double rate = static_cast<double>(done) / seconds;
    line += fmt::format(", {} {}/s", rate_text(rate), unit);
    line += done < total
                ? fmt::format(", {} left", duration_text(static_cast<double>(total - done) / rate))
                : fmt::format(", {}", duration_text(seconds));
  }
  if (width > 0 && std::ssize(line) > width) line.resize(static_cast<std::size_t>(width));
  return line;
}

Progress::Progress(std::string label, std::string unit, std::int64_t total, ProgressSink sink)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      sink_(std::move(sink)),
      started_(sink_.seconds()),
      shown_(started_) {
  if (sink_.terminal) show();
}

Progress::~Progress() {
  if (!finished_ && drawn_) sink_.write("\n");
}

void Progress::advance(std::int64_t count) {
  done_ += count;
  const double interval = sink_.terminal ? redraw_seconds : plain_seconds;
  if (sink_.seconds() - shown_ >= interval) show();
}

void Progress::finish() {
  if (finished_) return;
  finished_ = true;
  if (!sink_.terminal && sink_.seconds() - started_ < quiet_seconds) return;
  show();
  if (drawn_) sink_.write("\n");
}

void Progress::show() {
  shown_ = sink_.seconds();
  // One column stays free: a full line would wrap on some terminals.
  const int width = sink_.terminal ? std::max(20, sink_.width - 1) : 0;
  const std::string line = progress_line(label_, unit_, done_, total_, shown_ - started_, width);
  if (sink_.terminal)
    sink_.write("\r" + line + "\x1b[K");
  else
    sink_.write(line + "\n");
  drawn_ = sink_.terminal;
}

}  // namespace strang::terminal
