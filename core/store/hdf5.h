#pragma once

// The HDF5 store: files, groups, datasets with named axes, attributes.
//   auto file = store::File::open("run.h5");
//   const auto state = file.root().dataset("samples/state").read<double>();
#include "core/store/dataset.h"
#include "core/store/file.h"
#include "core/store/group.h"
