// A module of another strang: the registration must not be called.
#include <cstdlib>
extern "C" const char* strang_plugin_abi() { return "strang 0, libtorch 1.0.0, compiler 3"; }
extern "C" void strang_plugin_register(void*) { std::abort(); }
