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

# A program that loads plugin modules: it holds all of strang's core and exports it, because modules refer to functions that the
# program itself may not use. (Modules do not link strang: two copies would have two sets of types.)
function(strang_host_plugins target)
  set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
  target_link_options(${target} PRIVATE
    -Wl,--whole-archive $<TARGET_FILE:strang_core> -Wl,--no-whole-archive)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS $<TARGET_FILE:strang_core>)
endfunction()
