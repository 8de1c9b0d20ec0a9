# STRANG_CUDA decides about the executor's CUDA kernels (core/program/cuda); STRANG_WITH_CUDA is the outcome.
#   AUTO  built when there is a CUDA compiler and the LibTorch that was found has CUDA
#   ON    built; with a LibTorch for the CPU they compile, but there is no GPU for it to run on
#   OFF   not built
# CMAKE_CUDA_ARCHITECTURES says for which GPUs.
set(STRANG_CUDA AUTO CACHE STRING "CUDA kernels: AUTO, ON or OFF")
set_property(CACHE STRANG_CUDA PROPERTY STRINGS AUTO ON OFF)

set(STRANG_WITH_CUDA OFF)
if(STRANG_CUDA STREQUAL "AUTO" AND LibTorch_CUDA)
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    set(STRANG_WITH_CUDA ON)
  else()
    message(STATUS "LibTorch has CUDA, but no CUDA compiler was found: programs run on the CPU")
  endif()
elseif(NOT STRANG_CUDA STREQUAL "AUTO")
  set(STRANG_WITH_CUDA ${STRANG_CUDA})
endif()

if(STRANG_WITH_CUDA)
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 80 90)
  endif()
  enable_language(CUDA)
  find_package(CUDAToolkit REQUIRED)
  list(APPEND STRANG_LIBRARY_DEPENDENCIES CUDAToolkit)
endif()
