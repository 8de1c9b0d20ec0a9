# Finds LibTorch 2 and defines the target strang::torch. The first that can be used wins: Torch_DIR
# (variable, then environment), which must be usable; the LibTorch this build already uses;
# CMAKE_PREFIX_PATH; LibTorch_HINT; the torch of the active Python; .deps/python/torch, where
# ./strang puts one.
#
# LibTorch's own package is not used: its find_library takes a second libtorch under /usr/lib for
# its own (the program then aborts before main), and with the usual CUDA wheel it wants the CUDA
# toolkit.
#
# Sets LibTorch_FOUND, LibTorch_VERSION, LibTorch_ROOT (cached) and LibTorch_CUDA (built with CUDA).
# As a script (cmake -P) it exits with status 0 if there is a LibTorch that can be used.

# Sets version, and in problem why <root> cannot be used (empty when it can).
function(_libtorch_examine root)
  set(version "")
  set(problem "")
  set(file ${root}/share/cmake/Torch/TorchConfigVersion.cmake)
  if(EXISTS ${file} AND EXISTS ${root}/lib/libtorch_cpu.so)
    file(STRINGS ${file} line REGEX "set\\(PACKAGE_VERSION ")
    string(REGEX MATCH "[0-9.]+" version "${line}")
    file(STRINGS ${root}/share/cmake/Torch/TorchConfig.cmake old_abi
         REGEX "_GLIBCXX_USE_CXX11_ABI=0")
    if(version VERSION_LESS 2.0)
      set(problem "version ${version} is older than 2.0")
    elseif(old_abi)
      set(problem "version ${version} has the C++ ABI from before C++11 (take 2.7 or later)")
    elseif(LibTorch_FIND_VERSION_EXACT AND NOT version VERSION_EQUAL LibTorch_FIND_VERSION)
      set(problem "version is ${version}, needed is exactly ${LibTorch_FIND_VERSION}")
    endif()
  else()
    set(problem "no share/cmake/Torch and lib/libtorch_cpu.so")
  endif()
  set(version "${version}" PARENT_SCOPE)
  set(problem "${problem}" PARENT_SCOPE)
endfunction()

# The folder of the active Python's torch; empty when it has none. Nothing of torch is imported.
function(_libtorch_of_python result)
  execute_process(
    COMMAND python3 -c "import sys, importlib.util as u; sys.path = [p for p in sys.path if p]; \
s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')"
    OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(${result} "${folder}" PARENT_SCOPE)
endfunction()

set(_libtorch_given ${Torch_DIR})
if(NOT _libtorch_given)
  set(_libtorch_given $ENV{Torch_DIR})
endif()
if(_libtorch_given)
  set(_libtorch_candidates ${_libtorch_given}/../../..)
else()
  string(REPLACE ":" ";" _libtorch_prefixes "$ENV{CMAKE_PREFIX_PATH}")
  _libtorch_of_python(_libtorch_python)
  set(_libtorch_candidates ${LibTorch_ROOT})
  foreach(_libtorch_prefix ${CMAKE_PREFIX_PATH} ${_libtorch_prefixes})
    # Also torch.utils.cmake_prefix_path, which is share/cmake itself.
    list(APPEND _libtorch_candidates ${_libtorch_prefix} ${_libtorch_prefix}/../..)
  endforeach()
  list(APPEND _libtorch_candidates ${LibTorch_HINT} ${_libtorch_python}
       ${CMAKE_CURRENT_LIST_DIR}/../.deps/python/torch)
endif()

set(_libtorch_root LibTorch_ROOT-NOTFOUND)
set(_libtorch_problems "")
foreach(_libtorch_candidate ${_libtorch_candidates})
  get_filename_component(_libtorch_candidate ${_libtorch_candidate} ABSOLUTE)
  _libtorch_examine(${_libtorch_candidate})
  if(NOT problem)
    set(_libtorch_root ${_libtorch_candidate})
    set(LibTorch_VERSION ${version})
    break()
  elseif(version OR _libtorch_given)
    string(APPEND _libtorch_problems "\n  ${_libtorch_candidate}: ${problem}")
  endif()
endforeach()

if(CMAKE_SCRIPT_MODE_FILE)
  if(NOT _libtorch_root)
    message(FATAL_ERROR "no LibTorch 2${_libtorch_problems}")
  endif()
  return()
endif()

set(LibTorch_ROOT ${_libtorch_root} CACHE PATH "LibTorch" FORCE)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_ROOT VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "set Torch_DIR to <libtorch>/share/cmake/Torch, install torch into the \
active Python, or let ./strang setup install it.${_libtorch_problems}")

if(LibTorch_FOUND AND NOT TARGET strang::torch)
  set(LibTorch_CUDA FALSE)
  set(_libtorch_libraries ${LibTorch_ROOT}/lib/libtorch_cpu.so ${LibTorch_ROOT}/lib/libc10.so)
  if(EXISTS ${LibTorch_ROOT}/lib/libtorch_cuda.so)
    set(LibTorch_CUDA TRUE)
    # Nothing refers to it, it registers itself: do not let the linker leave it out.
    list(APPEND _libtorch_libraries ${LibTorch_ROOT}/lib/libc10_cuda.so
         "-Wl,--push-state,--no-as-needed,\"${LibTorch_ROOT}/lib/libtorch_cuda.so\",--pop-state")
  endif()
  # Its include folder also holds an fmt, which does not go with Debian's libfmt: all but that one.
  set(_libtorch_include ${CMAKE_BINARY_DIR}/libtorch-include)
  file(REMOVE_RECURSE ${_libtorch_include})
  file(MAKE_DIRECTORY ${_libtorch_include})
  file(GLOB _libtorch_headers RELATIVE ${LibTorch_ROOT}/include ${LibTorch_ROOT}/include/*)
  list(REMOVE_ITEM _libtorch_headers fmt)
  foreach(_libtorch_header ${_libtorch_headers})
    file(CREATE_LINK ${LibTorch_ROOT}/include/${_libtorch_header}
         ${_libtorch_include}/${_libtorch_header} SYMBOLIC)
  endforeach()
  add_library(strang::torch INTERFACE IMPORTED)
  target_include_directories(strang::torch SYSTEM INTERFACE
    ${_libtorch_include} ${LibTorch_ROOT}/include/torch/csrc/api/include)
  target_link_libraries(strang::torch INTERFACE ${_libtorch_libraries})
  # Without OpenMP at::parallel_for runs serially. By its flag: LibTorch brings a libgomp of its own,
  # and the one that a path would name must not come beside it.
  find_package(OpenMP REQUIRED QUIET)
  target_compile_options(strang::torch INTERFACE $<$<COMPILE_LANGUAGE:CXX>:${OpenMP_CXX_FLAGS}>)
  target_link_options(strang::torch INTERFACE ${OpenMP_CXX_FLAGS})
endif()
