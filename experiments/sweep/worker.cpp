#include "experiments/sweep/worker.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/terminal/interrupt.h"
#include "experiments/record.h"
#include "experiments/run.h"
#include "experiments/sharded_run.h"

namespace strang {
namespace {

using Kind = CellState::Kind;

class Worker {
 public:
  Worker(const SweepFolder& folder, const SweepPlan& plan, const Composer& composer,
         const Registry& registry, const WorkerOptions& options, SweepObserver& observer)
      : folder_(folder),
        composer_(composer),
        registry_(registry),
        observer_(observer),
        references_(options.reference_cache.empty()
                        ? folder.references()
                        : std::filesystem::path(options.reference_cache)),
        cells_(plan.cells.size()) {
    for (const Cell& cell : plan.cells) {
      open_.push_back(&cell);
      if (!cell.reference.empty()) references_.expect(cell.reference, cell.times);
    }
  }

  void run() {
    while (!open_.empty()) {
      const std::size_t before = open_.size();
      std::erase_if(open_, [this](const Cell* cell) {
        terminal::throw_if_interrupted();
        return settle(*cell);
      });
      report_finished();
      if (!open_.empty() && open_.size() == before)
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    if (mistaken_.size() < cells_) return;
    for (const Cell* cell : mistaken_) folder_.clear_failure(*cell);
    throw UsageError(mistake_);
  }

 private:
  // A cell that is being measured and written while the next one samples.
  struct Finishing {
    const Cell* cell;
    std::unique_ptr<Lease> lease;
    std::future<analysis::RunSummary> summary;  // goes, and waits, before the lease
  };

  // Whether the cell has its end now, or gets it without more ado.
  bool settle(const Cell& cell) {
    if (ended(cell)) return count();
    if (cell.shards.size() > 1) return settle_shards(cell);
    auto lease = Lease::take(folder_.lease(cell.number));
    if (lease == nullptr) return false;  // another process runs it
    if (ended(cell)) return count();
    folder_.remove_temporaries(cell);
    folder_.clear_failure(cell);
    std::unique_ptr<SampledRun> sampled;
    run(cell, [&](const config::Node& config, const std::function<void()>& started) {
      sampled = sample_experiment(config, folder_.cell(cell.number), cell.label, registry_,
                                  references_, false, started);
      return std::nullopt;
    });
    if (sampled == nullptr) return count();  // it has failed
    finish(cell, std::move(lease), std::move(sampled));
    return true;
  }

  // Beside the next cell's sampling, where the user leaves a thread for it.
  void finish(const Cell& cell, std::unique_ptr<Lease> lease, std::unique_ptr<SampledRun> sampled) {
    report_finished();
    const int threads = at::get_num_threads();
    const auto policy =
        threads > 1 && !sampled->evaluates() ? std::launch::async : std::launch::deferred;
    finishing_ = {&cell, std::move(lease), std::async(policy, [threads, run = std::move(sampled)] {
                    at::set_num_threads(threads);  // each thread has its own number
                    return run->finish();
                  })};
    if (policy == std::launch::deferred) report_finished();
  }

  void report_finished() {
    if (!finishing_) return;
    Finishing last = std::move(*std::exchange(finishing_, std::nullopt));
    report(*last.cell, [&] { return last.summary.get(); });
    count();
  }

  bool settle_shards(const Cell& cell) {
    const ShardedRun shared{folder_.cell(cell.number), folder_.lease(cell.number),
                            ShardFolder(folder_.shards(cell.number), cell.shards), cell.label};
    if (!has_work(shared)) return false;
    const bool settled =
        run(cell, [&](const config::Node& config, const std::function<void()>& started) {
          return run_shards(shared, config, registry_, references_, [&] {
            folder_.remove_temporaries(cell);
            started();
          });
        });
    return settled && count();
  }

  bool ended(const Cell& cell) const {
    const Kind kind = folder_.state(cell).kind;
    return kind == Kind::done || kind == Kind::failed;
  }

  bool count() {
    observer_.progress(++settled_, cells_);
    return true;
  }

  using Work = std::function<std::optional<analysis::RunSummary>(
      const config::Node& config, const std::function<void()>& started)>;

  // False when `work` left some of it to others, or for later.
  bool run(const Cell& cell, const Work& work) {
    const auto composed = [&] {
      require(cell.error.empty(), "{}", cell.error);
      const config::Composition composition = composer_.compose(cell.overrides, cell.number);
      return work(composer_.resolved(composition),
                  [&] { write_record(folder_.cell(cell.number), composition, cell.overrides); });
    };
    return report(cell, composed);
  }

  // Tells what `work` says of the cell, if anything, or why it failed.
  bool report(const Cell& cell, const std::function<std::optional<analysis::RunSummary>()>& work) {
    analysis::RunSummary summary{.label = cell.label, .path = folder_.cell(cell.number).string()};
    try {
      auto found = work();
      if (!found) return false;
      summary = std::move(*found);
    } catch (const terminal::Interrupted&) {
      throw;
    } catch (const UsageError& error) {
      if (mistaken_.empty()) mistake_ = error.what();
      mistaken_.push_back(&cell);
      fail(cell, error.what(), summary);
    } catch (const Error& error) {
      fail(cell, error.what(), summary);
    }
    report_finished();  // in the order of the cells
    observer_.ran(cell, summary);
    return true;
  }

  void fail(const Cell& cell, const std::string& message, analysis::RunSummary& summary) const {
    folder_.record_failure(cell, message);
    summary.note = message;
  }

  const SweepFolder& folder_;
  const Composer& composer_;
  const Registry& registry_;
  SweepObserver& observer_;
  ReferenceCache references_;
  std::size_t cells_, settled_ = 0;
  std::vector<const Cell*> open_;
  std::vector<const Cell*> mistaken_;  // cells that this process found to be wrong
  std::string mistake_;                // of the first of them
  std::optional<Finishing> finishing_;
};

}  // namespace

void run_cells(const SweepFolder& folder, const SweepPlan& plan, const Composer& composer,
               const Registry& registry, const WorkerOptions& options, SweepObserver& observer) {
  std::error_code ignored;
  std::filesystem::create_directories(folder.path() / "leases", ignored);
  Worker(folder, plan, composer, registry, options, observer).run();
}

}  // namespace strang
