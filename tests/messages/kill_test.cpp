// kill -9 at random moments of a run. What the program shows on its terminal says how far it was;
// the flush interval is two seconds.

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <random>
#include <regex>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/store/file.h"
#include "tests/files/temporary_folder.h"
#include "tests/support/program.h"

namespace strang {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

constexpr std::int64_t samples = 1000, steps = 40, nodes = steps + 1, elements = 64;

// 10 MB of states; the number of images in the model sets how long it takes.
std::vector<std::string> arguments(const std::string& output, int images) {
  return {"run",
          "~sweep",
          "model=dataset",
          fmt::format("model.data={{name: procedural, count: {}, size: 8}}", images),
          fmt::format("samples={}", samples),
          fmt::format("steps={}", steps),
          "microbatch=20",
          "threads=1",
          "reference=null",
          "log.trajectory.samples=all",
          "output=" + output};
}

// Progress of a run on a pseudo-terminal: (seconds, sample steps done).
struct Shown {
  std::vector<std::pair<double, std::int64_t>> progress;
  bool ended = false;
};

// Runs until `limit` seconds have passed, then kills.
Shown run_for(const std::filesystem::path& folder, const std::string& output, int images,
              double limit) {
  int terminal = -1;
  const Clock::time_point start = Clock::now();
  winsize size{24, 120, 0, 0};
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) test::become_program(folder, arguments(output, images));
  Shown shown;
  static const std::regex count("([0-9]+)/" + std::to_string(samples * nodes));
  while (seconds_since(start) < limit) {
    pollfd wait{terminal, POLLIN, 0};
    ::poll(&wait, 1, 10);
    char text[4096];
    const ssize_t got =
        (wait.revents & (POLLIN | POLLHUP)) != 0 ? ::read(terminal, text, sizeof text) : 0;
    if (got < 0) {  // the terminal's other end is closed
      shown.ended = true;
      break;
    }
    const std::string line(text, static_cast<std::size_t>(got));
    for (std::sregex_iterator match(line.begin(), line.end(), count), end; match != end; ++match)
      shown.progress.emplace_back(seconds_since(start), std::stoll((*match)[1]));
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(terminal);
  return shown;
}

// The sample steps that had been shown `age` seconds before the end.
std::int64_t done_before(const Shown& shown, double end, double age) {
  std::int64_t done = 0;
  for (const auto& [when, count] : shown.progress)
    if (when <= end - age) done = count;
  return done;
}

class Kill : public testing::Test {
 protected:
  // The number of logged states: all finite ones are those of the complete run.
  static std::int64_t count_states(const store::Dataset& found, const store::Dataset& complete) {
    std::int64_t states = 0;
    for (std::int64_t node = 0; node < nodes; ++node) {
      const auto a = found.read<double>(found.rows(node, 1));
      const auto b = complete.read<double>(complete.rows(node, 1));
      for (std::int64_t sample = 0; sample < samples; ++sample) {
        const auto begin = a.begin() + sample * elements, end = begin + elements;
        if (std::all_of(begin, end, [](double value) { return std::isnan(value); })) continue;
        EXPECT_TRUE(std::equal(begin, end, b.begin() + sample * elements))
            << "node " << node << " sample " << sample;
        ++states;
      }
    }
    return states;
  }

  const test::TemporaryFolder folder_;
};

TEST_F(Kill, twenty_random_kills_lose_nothing_that_was_flushed) {
  int images = 1000;
  double whole = 0;
  for (; whole < 6; images *= 2) {  // some flush intervals
    std::filesystem::remove_all(folder_ / "whole");
    const Clock::time_point start = Clock::now();
    ASSERT_TRUE(run_for(folder_.path(), "whole", images, 600).ended);
    whole = seconds_since(start);
  }
  images /= 2;
  const store::Group complete = store::File::open(folder_ / "whole" / "run.h5").root();
  std::mt19937 random(1);
  std::uniform_real_distribution<double> moment(0.3, 1.02 * whole);
  int found = 0, demanding = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "killed" + std::to_string(i);
    const double end = moment(random);
    SCOPED_TRACE(name + fmt::format(" after {:.2f} s", end));
    const Shown shown = run_for(folder_.path(), name, images, end);
    const std::filesystem::path path = folder_ / name / "run.h5";
    if (std::filesystem::exists(path)) {
      EXPECT_EQ(store::File::open(path).root().attribute<std::string>("status"), "complete");
      continue;
    }
    const std::filesystem::path part = path.string() + ".part";
    if (!std::filesystem::exists(part)) continue;  // killed before it was made
    const store::Group root = store::File::open(part).root();
    const std::int64_t flushed = done_before(shown, end, 2.5);
    if (!root.has("trajectory")) {
      EXPECT_EQ(flushed, 0);
      continue;
    }
    ++found;
    demanding += flushed > 0 ? 1 : 0;
    const std::int64_t states =
        count_states(root.dataset("trajectory/state"), complete.dataset("trajectory/state"));
    EXPECT_GE(states, flushed);
    // Killed between the last flush and the new name: the file lacks nothing but that.
    if (root.attribute<std::string>("status") == "complete")
      EXPECT_EQ(states, samples * nodes);
    else
      EXPECT_EQ(root.attribute<std::string>("status"), "running");
  }
  std::printf(
      "%d of 20 kills left a file with states, %d after a flush of some; whole run %.1f s\n", found,
      demanding, whole);
  EXPECT_GE(found, 10);
  EXPECT_GE(demanding, 3);
  EXPECT_TRUE(run_for(folder_.path(), "killed0", images, 600).ended) << "the rerun";
  EXPECT_EQ(
      store::File::open(folder_ / "killed0" / "run.h5").root().attribute<std::string>("status"),
      "complete");
}

}  // namespace
}  // namespace strang
