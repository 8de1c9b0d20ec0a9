// A module whose name the program has already.

#include "core/plugin.h"

namespace strang {
namespace {

struct Another {
  void fields(OptionVisitor&) {}
  Value trace(Tracer&, Value u, const Grid&) const { return u; }
};

}  // namespace
}  // namespace strang

STRANG_INTEGRATOR(euler, Another, "euler again", {});
