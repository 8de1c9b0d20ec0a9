#pragma once

// Names of LibTorch's tensor, element and device types, for headers that only pass them on: an
// integrator then compiles without the library's headers.
#include <c10/core/DeviceType.h>
#include <c10/core/ScalarType.h>

namespace at {
class Tensor;
}
