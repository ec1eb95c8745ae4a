# Functions that make the project's targets: libraries and programs here, tests in CoupletTests.

# A misspelt keyword must not go unnoticed.
function(couplet_no_more_arguments name)
  if(ARGN)
    message(FATAL_ERROR "${name}: there is no such argument: ${ARGN}")
  endif()
endfunction()

# couplet_library(NAME [SOURCES file...] [TESTING] [PUBLIC lib...] [PRIVATE lib...]
#                 [PUBLIC_DETAIL file...])
#
# The library couplet_NAME, also called couplet::NAME. Its headers are all those of the folder: those
# under testing/ with TESTING, else the others; a folder inside it that has a CMakeLists.txt is a
# library of its own. Without SOURCES it is headers only.
#
# Public headers are a file set of the library, verified and installed with it. Those of a detail
# folder are one of couplet_NAME_internal, which verifies them and is not installed; but for
# deferred/detail, which the templates of deferred/ include, and those of PUBLIC_DETAIL, which other
# public headers include, directly or not.
function(couplet_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "TESTING" "" "SOURCES;PUBLIC;PRIVATE;PUBLIC_DETAIL")
  couplet_no_more_arguments(${name} ${arg_UNPARSED_ARGUMENTS})

  cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY "${PROJECT_SOURCE_DIR}"
             OUTPUT_VARIABLE folder)
  set(includes "${COUPLET_INCLUDE_DIR}/couplet/${folder}")
  if(arg_TESTING)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" testing/*.h)
  else()
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" *.h)
    list(FILTER headers EXCLUDE REGEX "^testing/")
  endif()
  file(GLOB_RECURSE others RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" */CMakeLists.txt)
  list(REMOVE_ITEM others CMakeLists.txt)
  foreach(other IN LISTS others)
    cmake_path(GET other PARENT_PATH other)
    list(FILTER headers EXCLUDE REGEX "^${other}/")
  endforeach()
  set(internal ${headers})
  list(FILTER internal INCLUDE REGEX "(^|/)detail/")
  if(folder STREQUAL "deferred")
    set(internal)
  endif()
  foreach(header IN LISTS arg_PUBLIC_DETAIL)
    if(NOT header IN_LIST internal)
      message(FATAL_ERROR "couplet_library(${name}): PUBLIC_DETAIL: there is no ${header}")
    endif()
    list(REMOVE_ITEM internal ${header})
  endforeach()
  list(REMOVE_ITEM headers ${internal})
  list(TRANSFORM headers PREPEND "${includes}/")
  list(TRANSFORM internal PREPEND "${includes}/")

  set(target couplet_${name})
  if(arg_SOURCES)
    add_library(${target} ${arg_SOURCES})
    set_target_properties(${target} PROPERTIES
      CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
      VERSION ${PROJECT_VERSION} SOVERSION ${COUPLET_SOVERSION})
    set(public PUBLIC)
    target_link_libraries(${target} PRIVATE ${arg_PRIVATE})
  else()
    add_library(${target} INTERFACE)
    set(public INTERFACE)
  endif()
  add_library(couplet::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})

  target_compile_features(${target} ${public} cxx_std_20)
  target_link_libraries(${target} ${public} ${arg_PUBLIC})
  target_sources(${target} ${public} FILE_SET HEADERS BASE_DIRS "${COUPLET_INCLUDE_DIR}"
                 FILES ${headers})
  if(internal)
    add_library(${target}_internal INTERFACE)
    target_link_libraries(${target}_internal INTERFACE ${target})
    target_sources(${target}_internal INTERFACE FILE_SET HEADERS
                   BASE_DIRS "${COUPLET_INCLUDE_DIR}" FILES ${internal})
  endif()
endfunction()

# couplet_example(NAME SOURCES file... [LIBS lib...])
#
# The program bin/NAME.
function(couplet_example name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  couplet_no_more_arguments(${name} ${arg_UNPARSED_ARGUMENTS})
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")  # "examples/poetry/x.h"
  target_link_libraries(${name} PRIVATE ${arg_LIBS})
endfunction()
