# strang_discover_suites(<test program> [FILTER <gtest filter>] [LABELS <label>] [FIXTURE <required fixture>]): one
# ctest entry for each suite, found when ctest runs. An entry for each test would spend most of its time on loading
# LibTorch. The program leaves a report of its tests in <build>/reports, which test_summary.py counts.
function(strang_discover_suites target)
  cmake_parse_arguments(ARG "" "FILTER;LABELS;FIXTURE" "" ${ARGN})
  if(NOT ARG_FILTER)
    set(ARG_FILTER *)
  endif()
  string(MAKE_C_IDENTIFIER "${target}${ARG_FILTER}" identifier)
  set(include ${CMAKE_CURRENT_BINARY_DIR}/${identifier}_suites.cmake)
  file(GENERATE OUTPUT ${include} CONTENT
"set(target [==[${target}]==])
set(program [==[$<TARGET_FILE:${target}>]==])
set(filter [==[${ARG_FILTER}]==])
set(labels [==[${ARG_LABELS}]==])
set(fixture [==[${ARG_FIXTURE}]==])
set(list [==[${CMAKE_CURRENT_BINARY_DIR}/${identifier}_suites.txt]==])
set(reports [==[${CMAKE_BINARY_DIR}/reports]==])
include([==[${PROJECT_SOURCE_DIR}/cmake/add_suites.cmake]==])
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include})
endfunction()
