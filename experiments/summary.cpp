#include "experiments/summary.h"

namespace strang {

analysis::TextTable make_table(const std::vector<RunSummary>& runs) {
  using analysis::Align;
  const std::vector<ErrorSummary>* norms = nullptr;
  bool notes = false;
  for (const RunSummary& run : runs) {
    if (!run.errors.empty()) norms = &run.errors;
    notes = notes || !run.note.empty();
  }
  std::vector<analysis::Column> columns = {
      {"run", Align::left}, {"steps"}, {"NFE", Align::right, 4}};
  if (norms != nullptr)
    for (std::size_t k = 0; k < norms->size(); ++k) {
      columns.push_back({(*norms)[k].norm + " [95 %]"});
      if (k > 0) continue;  // the file holds the rest
      for (const char* part : {"median", "p95", "reference"}) columns.push_back({part});
    }
  columns.push_back({"seconds"});
  if (notes) columns.push_back({"note", Align::left});
  analysis::TextTable table(columns);
  for (const RunSummary& run : runs) {
    std::vector<analysis::Cell> row = {run.label, std::int64_t{run.steps}, run.nfe};
    for (std::size_t k = 0; k < run.errors.size(); ++k) {
      const ErrorSummary& s = run.errors[k];
      row.push_back(s.rms);
      if (k > 0) continue;
      row.insert(row.end(), {s.median, s.p95});
      row.push_back(s.reference >= 0 ? analysis::Cell(s.reference) : analysis::Cell());
    }
    row.resize(columns.size() - (notes ? 2 : 1));
    row.push_back(run.seconds);
    if (notes) row.push_back(run.note);
    table.add_row(row);
  }
  return table;
}

}  // namespace strang
