# strang_plugins(<target> <kind> <name>...) adds <name>.cpp of the current folder to <target> and
# remembers the plugin, so that strang_plugin_table can write the function that registers them all.
# A registration is a call: static registrar objects would be dropped from static archives.
function(strang_plugins target)
  foreach(name ${ARGN})
    target_sources(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${name}.cpp)
    set_property(TARGET ${target} APPEND PROPERTY STRANG_PLUGINS ${name})
  endforeach()
endfunction()

# Writes register_<folder>(Registry&), which calls the registration of every plugin of <target>.
function(strang_plugin_table target folder)
  get_target_property(names ${target} STRANG_PLUGINS)
  set(declarations "")
  set(calls "")
  foreach(name ${names})
    string(APPEND declarations "void plugin_${name}(Registry&);\n")
    string(APPEND calls "  plugin_${name}(registry);\n")
  endforeach()
  set(file ${CMAKE_CURRENT_BINARY_DIR}/register_${folder}.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT "// Written by cmake/Plugins.cmake.
namespace strang {
class Registry;
@declarations@
void register_@folder@(Registry& registry);
void register_@folder@(Registry& registry) {
@calls@}
}  // namespace strang
" @ONLY)
  target_sources(${target} PRIVATE ${file})
endfunction()
