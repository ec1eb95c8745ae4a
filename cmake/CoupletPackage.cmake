# The Debian package libcouplet-dev: `cpack` in a build folder, or scripts/package.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME libcouplet-dev)
set(CPACK_PACKAGE_VENDOR Couplet)
set(CPACK_PACKAGE_CONTACT "The Couplet authors <couplet@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ${BUILD_SHARED_LIBS})
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ${BUILD_SHARED_LIBS})
if(NOT BUILD_SHARED_LIBS)
  # Static libraries depend on nothing, but what is linked with them does.
  string(CONCAT CPACK_DEBIAN_PACKAGE_DEPENDS
      "libevent-dev (>= 2.1), libgoogle-glog-dev (>= 0.6), zlib1g-dev (>= 1:1.2), "
      "libgflags-dev (>= 2.2), pkg-config")
endif()
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake (>= 3.25), libgtest-dev")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Twisted's way of writing network programs, in C++20")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"A reactor drives protocols and factories, and every answer that is not there
yet is a Deferred, whose callbacks and errbacks come in pairs. This package has
the headers, the libraries, and what CMake and pkg-config need to find them.")

# What Debian wants of every package; only this package has it.
set(documents "${PROJECT_BINARY_DIR}/debian")
configure_file(LICENSE "${documents}/copyright" COPYONLY)
execute_process(COMMAND gzip -9nc "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
                OUTPUT_FILE "${documents}/changelog.gz" COMMAND_ERROR_IS_FATAL ANY)
install(FILES "${documents}/copyright" "${documents}/changelog.gz"
        DESTINATION share/doc/libcouplet-dev COMPONENT debian EXCLUDE_FROM_ALL)
set(CPACK_INSTALL_CMAKE_PROJECTS
    "${PROJECT_BINARY_DIR};couplet;Unspecified;/;${PROJECT_BINARY_DIR};couplet;debian;/")

include(CPack)
