#include "experiments/reference_file.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <system_error>
#include <thread>

#include "core/error.h"
#include "core/store/part_file.h"
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

at::Tensor read_states(const store::Dataset& dataset) {
  const bool wide = dataset.type_name() == "float64";
  at::Tensor states = at::empty(dataset.shape(), wide ? at::kDouble : at::kFloat);
  const auto type = wide ? store::ElementType::float64 : store::ElementType::float32;
  dataset.read({type, states.mutable_data_ptr(), states.numel()});
  return states;
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
  reference.states = read_states(root.dataset("state"));
  for (const std::string& name : root.dataset_names())
    if (name.starts_with(own_prefix))
      reference.own_errors[name.substr(own_prefix.size())] = root.dataset(name).read<double>();
  return reference;
}

void write(const std::filesystem::path& path, const Reference& reference) {
  store::PartFile file(path, {.overwrite = true});
  store::Group root = file.file().root();
  root.set_attribute("hash", reference.hash);
  root.set_attribute("steps", std::int64_t{reference.steps});
  root.set_attribute("seconds", reference.seconds);
  const at::Tensor& states = reference.states;
  root.write("t", {{"node", states.size(0)}}, reference.times);
  std::vector<store::Axis> axes = {{"node", states.size(0)}, {"sample", states.size(1)}};
  for (const auto& [norm, own] : reference.own_errors)
    root.write(std::string(own_prefix) + norm, axes, own);
  for (std::int64_t axis = 2; axis < states.dim(); ++axis)
    axes.push_back({axis == 2 ? "slot" : fmt::format("component{}", axis - 3), states.size(axis)});
  const auto type = states.scalar_type() == at::kDouble ? store::ElementType::float64
                                                        : store::ElementType::float32;
  root.write("state", axes, {type, states.const_data_ptr(), states.numel()});
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
  // Row by row: at::index_select would use the threads of OpenMP, which spin on in the way of what
  // follows.
  auto shape = all.states.sizes().vec();
  shape[0] = std::ssize(times);
  some.states = at::empty(shape, all.states.options());
  const std::size_t bytes = all.states[0].nbytes();
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::memcpy(static_cast<char*>(some.states.mutable_data_ptr()) + i * bytes,
                static_cast<const char*>(all.states.const_data_ptr()) + rows[i] * bytes, bytes);
  const std::int64_t samples = all.states.size(1);
  for (const auto& [norm, own] : all.own_errors) {
    std::vector<double>& kept = some.own_errors[norm];
    for (const std::int64_t row : rows)
      kept.insert(kept.end(), own.begin() + row * samples, own.begin() + (row + 1) * samples);
  }
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
