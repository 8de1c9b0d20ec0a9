# cmake -DCOMPILER=... -DFLAGS=<list> -DUSER_FLAGS=<string> -DWORK=<folder> -P build.cmake
# Compiles every example into a module of its own, from a copy outside the tree.
file(REMOVE_RECURSE ${WORK})
separate_arguments(USER_FLAGS)
file(GLOB sources ${CMAKE_CURRENT_LIST_DIR}/*.cpp)
foreach(source ${sources})
  file(COPY ${source} DESTINATION ${WORK})
  get_filename_component(name ${source} NAME_WE)
  execute_process(
    COMMAND ${COMPILER} ${USER_FLAGS} ${FLAGS} -fPIC -shared -DSTRANG_PLUGIN_MODULE ${name}.cpp -o ${name}.so
    WORKING_DIRECTORY ${WORK} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
