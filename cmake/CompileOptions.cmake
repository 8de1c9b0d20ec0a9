# What every target of the project is compiled with. Sums are never contracted to fused
# multiply-adds by the compiler: the same source gives the same bits on every processor.
add_library(strang_options INTERFACE)
add_library(strang::options ALIAS strang_options)
target_compile_features(strang_options INTERFACE cxx_std_20)
target_compile_options(strang_options INTERFACE -ffp-contract=off)
target_include_directories(strang_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/strang>)
# Warnings are for the project's own files, not for those that use its headers. GCC 12 sees uninitialised and
# overlapping memory inside std::variant and std::string where there is none.
function(strang_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-missing-field-initializers
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized> $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
endfunction()

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_program(STRANG_CCACHE ccache)
if(STRANG_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${STRANG_CCACHE})
endif()
