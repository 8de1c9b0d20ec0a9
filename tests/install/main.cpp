#include <cstdio>

#include "core/error.h"
#include "core/torch_check.h"

int main() {
  strang::check_libtorch();
  std::puts(("hello" + strang::did_you_mean("huen", {"euler", "heun"})).c_str());
}
