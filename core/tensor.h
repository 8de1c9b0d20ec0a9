#pragma once

// LibTorch's tensors without its front end: this header costs half of <torch/torch.h> to compile.
#include <ATen/ATen.h>
