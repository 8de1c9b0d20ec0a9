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
  std::vector<analysis::Column> columns = {{"run", Align::left}, {"steps"}, {"NFE", Align::right, 4}};
  if (norms != nullptr)
    for (const ErrorSummary& s : *norms)
      for (const char* part : {" [95 %]", " median", " p95", " of reference"}) columns.push_back({s.norm + part});
  columns.push_back({"seconds"});
  if (notes) columns.push_back({"note", Align::left});
  analysis::TextTable table(columns);
  for (const RunSummary& run : runs) {
    std::vector<analysis::Cell> row = {run.label, std::int64_t{run.steps}, run.nfe};
    for (const ErrorSummary& s : run.errors) {
      row.insert(row.end(), {s.rms, s.median, s.p95});
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
