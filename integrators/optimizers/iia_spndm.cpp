// IIA-S-PNDM (Zhang et al. 2024): differences of the step's averaged noise estimate and of its data
// prediction from those of the step before. Rank one at the first fitted step, and everywhere off
// policy: minimum norm or ridge decides there.

#include "core/plugin.h"
#include "integrators/common/directions.h"

namespace strang {
namespace {

struct IiaSPndm : EffectiveDifferences {};

}  // namespace
}  // namespace strang

STRANG_OPTIMIZER(iia_spndm, IiaSPndm, "IIA-S-PNDM (Zhang et al. 2024, appendix)");
