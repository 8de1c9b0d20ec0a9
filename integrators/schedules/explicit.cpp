// The times themselves, from noise to data: as a list, or as a dataset of a file. `in` says what
// the numbers are: process times, noise levels sigma / alpha, or log-SNRs ln(alpha / sigma); the
// last two need a one-slot process.

#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "core/plugin.h"
#include "core/store/hdf5.h"

namespace strang {
namespace {

class ExplicitTimes final : public Schedule {
 public:
  ExplicitTimes(std::vector<double> values, std::string kind)
      : values_(std::move(values)), kind_(std::move(kind)) {}

  std::vector<double> times(const Process& process, int steps) const override {
    const int given = static_cast<int>(values_.size()) - 1;
    require(steps == given,
            "the explicit schedule lists {} times, which make {} steps; the run asks for {}",
            given + 1, given, steps);
    std::vector<double> times;
    for (const double value : values_) times.push_back(time_of(process, value));
    return times;
  }

 private:
  double time_of(const Process& process, double value) const {
    if (kind_ == "noise_level") return process.time_at_noise_level(value);
    if (kind_ == "log_snr") return time_at_log_snr(process, value);
    return value;
  }

  std::vector<double> values_;
  std::string kind_;
};

struct Explicit {
  std::vector<double> times;
  std::string file, dataset = "t", in = "time";

  void fields(OptionVisitor& v) {
    v.field("times", times, "steps + 1 numbers, from noise to data");
    v.path("file", file, "HDF5 file that holds them instead");
    v.field("dataset", dataset, "path of the dataset in the file");
    v.field("in", in, "what the numbers are").one_of({"time", "noise_level", "log_snr"});
  }

  std::unique_ptr<Schedule> build(const Registry&) const {
    require(times.empty() != file.empty(),
            "an explicit schedule needs either schedule.times or schedule.file, and not both");
    if (file.empty()) return std::make_unique<ExplicitTimes>(times, in);
    const store::Dataset stored = store::File::open(file).root().dataset(dataset);
    stored.require_shape({-1});
    return std::make_unique<ExplicitTimes>(stored.read<double>(), in);
  }
};

}  // namespace
}  // namespace strang

STRANG_SCHEDULE(explicit, Explicit, "given times, noise levels or log-SNRs");
