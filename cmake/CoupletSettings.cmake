# What holds for every target: the language, the output folders, the include path, the warnings.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

if(BUILD_SHARED_LIBS AND COUPLET_TESTS)
  message(FATAL_ERROR "The tests reach into internals, which shared libraries hide: "
                      "-DCOUPLET_TESTS=OFF, or static libraries")
endif()

# The rest of this block is for Couplet's own build, and no business of a parent project.
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)  # the target all_verify_interface_header_sets

  if(NOT DEFINED CMAKE_INSTALL_RPATH)
    set(CMAKE_INSTALL_RPATH "$ORIGIN")  # installed shared libraries find each other
  endif()

  find_program(COUPLET_CCACHE ccache)
  if(COUPLET_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${COUPLET_CCACHE}")
  endif()
endif()

# <couplet/deferred/deferred.h> is the one spelling, inside and outside: links lead to the folders.
set(COUPLET_INCLUDE_DIR "${PROJECT_BINARY_DIR}/include")
file(MAKE_DIRECTORY "${COUPLET_INCLUDE_DIR}/couplet")
foreach(folder deferred reactor protocols)
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}" "${COUPLET_INCLUDE_DIR}/couplet/${folder}"
       SYMBOLIC)
endforeach()

if(PROJECT_IS_TOP_LEVEL)
  add_compile_options(-Wall -Wextra)
endif()
if(COUPLET_WERROR)
  add_compile_options(-Werror)
endif()

# A place (__FILE__, SourceLocation) reads the same in every checkout: `reactor/reactor.cc`,
# `couplet/reactor/reactor.h`. The relative ones are what ccache makes of them with a base_dir.
# The compilers try the last one first.
file(RELATIVE_PATH up "${PROJECT_BINARY_DIR}" "${PROJECT_SOURCE_DIR}")
if(up AND NOT up MATCHES "/$")
  string(APPEND up "/")
endif()
foreach(prefix "${PROJECT_SOURCE_DIR}/" ${up} "${COUPLET_INCLUDE_DIR}/" "include/")
  add_compile_options("-fmacro-prefix-map=${prefix}=")
endforeach()
