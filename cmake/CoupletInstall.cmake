# What `cmake --install` installs: headers, libraries, and how CMake and pkg-config find them. Nothing
# in it knows where it was built or installed to, so that the tree may be moved.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(COUPLET_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/couplet")
set(COUPLET_PKGCONFIG_DIR "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

install(TARGETS
  couplet_deferred couplet_reactor couplet_protocols couplet_program
  couplet_deferred_testing couplet_reactor_testing couplet_protocols_testing couplet_testing
  EXPORT couplet-targets FILE_SET HEADERS)
install(EXPORT couplet-targets NAMESPACE couplet:: DESTINATION "${COUPLET_CMAKE_DIR}")

configure_package_config_file(cmake/couplet-config.cmake.in couplet-config.cmake
  INSTALL_DESTINATION "${COUPLET_CMAKE_DIR}"
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(couplet-config-version.cmake
  COMPATIBILITY ${COUPLET_COMPATIBILITY})
install(FILES
  "${PROJECT_BINARY_DIR}/couplet-config.cmake" "${PROJECT_BINARY_DIR}/couplet-config-version.cmake"
  DESTINATION "${COUPLET_CMAKE_DIR}")

# Who links the static libraries links what they use; the shared ones bring it along.
if(BUILD_SHARED_LIBS)
  set(COUPLET_REQUIRES_KIND "Requires.private")
  set(COUPLET_PROGRAM_REQUIRES "")
else()
  set(COUPLET_REQUIRES_KIND "Requires")
  set(COUPLET_PROGRAM_REQUIRES ", gflags")
endif()
cmake_path(ABSOLUTE_PATH COUPLET_PKGCONFIG_DIR BASE_DIRECTORY "${CMAKE_INSTALL_PREFIX}"
           OUTPUT_VARIABLE pkgconfig_dir)
file(RELATIVE_PATH COUPLET_PREFIX_FROM_PKGCONFIG "${pkgconfig_dir}" "${CMAKE_INSTALL_PREFIX}")
foreach(package couplet couplet-program couplet-testing)
  configure_file(cmake/${package}.pc.in ${package}.pc @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${package}.pc" DESTINATION "${COUPLET_PKGCONFIG_DIR}")
endforeach()

if(PROJECT_IS_TOP_LEVEL)
  include(CoupletPackage)
endif()
