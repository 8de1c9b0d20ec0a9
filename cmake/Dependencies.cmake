# LibTorch (found by FindLibTorch.cmake) and the Debian packages of packages.txt.

# strang_find(<package> <Debian package> [arguments of find_package])
macro(strang_find package debian)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} was not found. On Debian: apt-get install ${debian} "
                        "(all that is needed: packages.txt), or let ./strang setup install it.")
  endif()
  string(JOIN " " STRANG_FOUND ${package} ${ARGN})
  list(APPEND STRANG_DEPENDENCIES "${STRANG_FOUND}")
endmacro()

enable_language(C)  # FindHDF5 compiles a C file
find_package(LibTorch 2 REQUIRED)
strang_find(Eigen3 libeigen3-dev NO_MODULE)
strang_find(fmt libfmt-dev)
strang_find(HDF5 libhdf5-dev COMPONENTS C HL)
strang_find(NLopt libnlopt-dev)
strang_find(nlohmann_json nlohmann-json3-dev)
strang_find(OpenSSL libssl-dev COMPONENTS Crypto)
strang_find(PNG libpng-dev)
strang_find(yaml-cpp libyaml-cpp-dev)
strang_find(ZLIB zlib1g-dev)
set(STRANG_LIBRARY_DEPENDENCIES ${STRANG_DEPENDENCIES})  # those that strangConfig.cmake asks for

find_path(STRANG_RANDOM123 Random123/philox.h)
if(NOT STRANG_RANDOM123)
  message(FATAL_ERROR "Random123 was not found. On Debian: apt-get install librandom123-dev.")
endif()
strang_find(Boost libboost-program-options-dev COMPONENTS program_options)
if(STRANG_TESTS)
  strang_find(GTest libgtest-dev)
endif()
if(STRANG_BENCH)
  strang_find(benchmark libbenchmark-dev)
endif()
