#include "experiments/reference_file.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>
#include <thread>

#include "core/error.h"
#include "core/store/part_file.h"
#include "core/store/tensors.h"
#include "core/tensor.h"
#include "core/terminal/interrupt.h"
#include "experiments/lease.h"

namespace strang {
namespace {

constexpr std::string_view own_prefix = "own_error_";

// The rows of a reference at the given times.
std::vector<std::int64_t> rows_of(const std::vector<double>& all, const std::vector<double>& some) {
  std::vector<std::int64_t> rows;
  for (const double t : some) {
    const auto found = std::find(all.begin(), all.end(), t);
    ensure(found != all.end(), "the reference has no state at t = {}", t);
    rows.push_back(found - all.begin());
  }
  return rows;
}

// Nothing where there is no complete file, or where it lacks some of the times.
std::optional<Reference> read(const std::filesystem::path& path, const std::string& hash,
                              const std::vector<double>& wanted) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  std::optional<store::File> file;
  try {
    file = store::File::open(path);
  } catch (const UsageError&) {
    throw;
  } catch (const Error&) {  // it has its name, and its writer still holds it
    return std::nullopt;
  }
  const store::Group root = file->root();
  require(root.attribute<std::string>("hash") == hash, "{}: this is not the reference {}",
          path.string(), hash);
  Reference reference{.hash = hash,
                      .times = root.dataset("t").read<double>(),
                      .steps = static_cast<int>(root.attribute<std::int64_t>("steps")),
                      .seconds = root.attribute<double>("seconds")};
  for (const double t : wanted)
    if (std::find(reference.times.begin(), reference.times.end(), t) == reference.times.end())
      return std::nullopt;
  reference.states = store::read_tensor(root.dataset("state")).unbind();
  for (const std::string& name : root.dataset_names())
    if (name.starts_with(own_prefix))
      reference.own_errors[name.substr(own_prefix.size())] =
          store::read_tensor(root.dataset(name)).unbind();
  return reference;
}

void write(const std::filesystem::path& path, const Reference& reference) {
  store::PartFile file(path, {.overwrite = true});
  store::Group root = file.file().root();
  root.set_attribute("hash", reference.hash);
  root.set_attribute("steps", std::int64_t{reference.steps});
  root.set_attribute("seconds", reference.seconds);
  const at::Tensor states = at::stack(reference.states);
  root.write("t", {{"node", states.size(0)}}, reference.times);
  std::vector<store::Axis> axes = {{"node", states.size(0)}, {"sample", states.size(1)}};
  for (const auto& [norm, own] : reference.own_errors)
    root.write(std::string(own_prefix) + norm, axes, store::view_of(at::stack(own)));
  for (std::int64_t axis = 2; axis < states.dim(); ++axis)
    axes.push_back({axis == 2 ? "slot" : fmt::format("component{}", axis - 3), states.size(axis)});
  root.write("state", axes, store::view_of(states));
  file.commit();
}

// The times of the file, if there is one, and the wanted ones.
std::vector<double> all_times(const std::filesystem::path& path, std::vector<double> wanted) {
  if (std::filesystem::exists(path)) {
    const std::vector<double> old = store::File::open(path).root().dataset("t").read<double>();
    wanted.insert(wanted.end(), old.begin(), old.end());
    std::sort(wanted.begin(), wanted.end(), std::greater<>());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  }
  return wanted;
}

}  // namespace

Reference at_times(const Reference& all, const std::vector<double>& times) {
  if (times == all.times) return all;
  const std::vector<std::int64_t> rows = rows_of(all.times, times);
  Reference some{.hash = all.hash, .times = times, .steps = all.steps, .seconds = all.seconds};
  for (const std::int64_t row : rows) some.states.push_back(all.states[row]);
  for (const auto& [norm, own] : all.own_errors)
    for (const std::int64_t row : rows) some.own_errors[norm].push_back(own[row]);
  return some;
}

Reference shared_reference(const std::filesystem::path& folder, const std::string& hash,
                           const std::vector<double>& wanted,
                           const std::function<Reference(const std::vector<double>&)>& solve) {
  const std::filesystem::path path = folder / (hash.substr(0, 32) + ".h5");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  ensure(!error, "{}: the folder cannot be made ({})", folder.string(), error.message());
  while (true) {
    if (auto found = read(path, hash, wanted)) return std::move(*found);
    if (const auto lease = Lease::take(path.string() + ".lease")) {
      if (auto found = read(path, hash, wanted)) return std::move(*found);
      Reference solved = solve(all_times(path, wanted));
      write(path, solved);
      return solved;
    }
    terminal::throw_if_interrupted();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace strang
