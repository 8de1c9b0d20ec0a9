# Installs the libraries, their headers and the package, so that elsewhere
#   find_package(strang REQUIRED)
#   target_link_libraries(mine PRIVATE strang::core)
# works (tests/install does that). Headers keep their names: #include "core/error.h".
include(CMakePackageConfigHelpers)
set(STRANG_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/strang)

set_target_properties(strang_options PROPERTIES EXPORT_NAME options)
install(TARGETS strang_options EXPORT strang)
foreach(library core integrators models analysis)
  set_target_properties(strang_${library} PROPERTIES EXPORT_NAME ${library})
  install(TARGETS strang_${library} EXPORT strang)
  install(DIRECTORY ${library} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/strang
          FILES_MATCHING PATTERN "*.h")
endforeach()
install(EXPORT strang NAMESPACE strang:: FILE strangTargets.cmake DESTINATION ${STRANG_PACKAGE_DIR})

list(TRANSFORM STRANG_LIBRARY_DEPENDENCIES REPLACE "(.+)" "find_dependency(\\1)"
     OUTPUT_VARIABLE calls)
list(JOIN calls "\n" STRANG_FIND_DEPENDENCIES)
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/strangConfig.cmake.in strangConfig.cmake
  INSTALL_DESTINATION ${STRANG_PACKAGE_DIR})
write_basic_package_version_file(strangConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/strangConfig.cmake ${PROJECT_BINARY_DIR}/strangConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/FindLibTorch.cmake
        DESTINATION ${STRANG_PACKAGE_DIR})

if(STRANG_TESTS)
  add_test(NAME installed_package_serves_a_consumer
    COMMAND ${CMAKE_COMMAND} -DBUILD=${PROJECT_BINARY_DIR} -DWORK=${PROJECT_BINARY_DIR}/tests/install
            -DFLAGS=${CMAKE_CXX_FLAGS} -P ${PROJECT_SOURCE_DIR}/tests/install/check.cmake)
endif()
