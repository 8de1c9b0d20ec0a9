#pragma once

// Names of LibTorch's tensor and element types, for headers that only pass them on: an integrator
// then compiles without the library's headers.
#include <c10/core/ScalarType.h>

namespace at {
class Tensor;
}
