// A sampler as data: runs the program of a run file or of a coefficient file. The grid must be the
// one that it was traced on.

#include "core/error.h"
#include "core/plugin.h"
#include "core/program/program_file.h"
#include "core/sampling/program_integrator.h"
#include "core/store/file.h"

namespace strang {
namespace {

struct ProgramOptions {
  std::string file;
  std::string group = "/program";

  void fields(OptionVisitor& v) {
    v.path("file", file, "HDF5 file that holds the program: a run file or a coefficient file");
    v.field("group", group, "its group in the file");
  }

  std::unique_ptr<Integrator> build(const Registry&) const {
    require(!file.empty(), "integrator 'program' needs a file: set integrator.file");
    const store::File source = store::File::open(file);
    return make_program_integrator(load_program(source.root().group(group)), file);
  }
};

}  // namespace

void plugin_program(Registry& registry);
void plugin_program(Registry& registry) {
  registry.integrators.add(make_entry<Integrator, ProgramOptions>(
      "program", "a traced program from a file, bit for bit"));
}

}  // namespace strang
