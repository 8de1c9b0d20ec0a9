// A module that needs a function that no program has.
extern "C" int strang_has_no_such_function();
extern "C" const char* strang_plugin_abi() { return strang_has_no_such_function() != 0 ? "" : ""; }
extern "C" void strang_plugin_register(void*) {}
