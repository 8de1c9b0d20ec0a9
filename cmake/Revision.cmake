# The git revision, compiled in: the target strang_revision (core/revision.h). Included, this file
# defines the target; as a script (cmake -P), which every build runs, it writes the source, and
# touches it only when the revision has changed.
if(CMAKE_SCRIPT_MODE_FILE)
  set(revision unknown)
  set(dirty false)
  if(EXISTS ${SOURCE}/.git)  # a tarball inside someone else's repository is not that repository
    set(git git --no-optional-locks -c safe.directory=${SOURCE} -C ${SOURCE})
    execute_process(COMMAND ${git} rev-parse HEAD RESULT_VARIABLE failed ERROR_QUIET
                    OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE)
    execute_process(COMMAND ${git} status --porcelain --untracked-files=no ERROR_QUIET
                    OUTPUT_VARIABLE changes)
    if(NOT failed)
      set(revision ${head})
    endif()
    if(changes)
      set(dirty true)
    endif()
  endif()
  configure_file(${SOURCE}/core/revision.cpp.in ${OUTPUT} @ONLY)
  return()
endif()

set(STRANG_REVISION_FILE ${PROJECT_BINARY_DIR}/core/revision.cpp)
add_custom_target(strang_revision_file
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUTPUT=${STRANG_REVISION_FILE}
          -P ${CMAKE_CURRENT_LIST_FILE}
  BYPRODUCTS ${STRANG_REVISION_FILE}
  COMMENT "Looking at the revision" VERBATIM)
add_library(strang_revision STATIC ${STRANG_REVISION_FILE})
add_library(strang::revision ALIAS strang_revision)
add_dependencies(strang_revision strang_revision_file)
target_link_libraries(strang_revision PUBLIC strang::options)
