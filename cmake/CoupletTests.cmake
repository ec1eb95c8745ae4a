# Functions that make tests. Each TEST of a program is a test of ctest, named `Suite.Name`. All run
# in the project's top folder, so that data is found by its path from there.

include(GoogleTest)

# couplet_test(NAME SOURCES file... [LIBS lib...] [LABEL label] [TIMEOUT seconds])
#
# A GoogleTest program, tests/NAME of the build folder. It links LIBS and what the folder's
# COUPLET_TEST_LIBS says. A main() among its sources takes the place of GoogleTest's. The label is
# `unit` unless given.
function(couplet_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT" "SOURCES;LIBS")
  couplet_no_more_arguments(${name} ${arg_UNPARSED_ARGUMENTS})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")  # "examples/poetry/x.h"
  target_link_libraries(${name} PRIVATE ${arg_LIBS} ${COUPLET_TEST_LIBS} GTest::gmock_main)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS ${arg_LABEL})
endfunction()

# couplet_script_test(NAME COMMAND word... [LABELS label...] [TIMEOUT seconds] [RUN_SERIAL])
#
# A test that is a script. Words of the command that name a file of the folder are found there.
# `$<TARGET_FILE:get_poetry>` and "${COUPLET_BIN_DIR}" lead to programs, ${COUPLET_PYTHON} to the
# Python that has Twisted.
function(couplet_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "RUN_SERIAL" "TIMEOUT" "COMMAND;LABELS")
  couplet_no_more_arguments(${name} ${arg_UNPARSED_ARGUMENTS})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set(command)
  foreach(word IN LISTS arg_COMMAND)
    if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${word}" AND NOT IS_ABSOLUTE "${word}")
      set(word "${CMAKE_CURRENT_SOURCE_DIR}/${word}")
    endif()
    list(APPEND command "${word}")
  endforeach()
  add_test(NAME ${name} COMMAND ${command} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" RUN_SERIAL ${arg_RUN_SERIAL})
endfunction()

# couplet_compile_fail_test(NAME SOURCE REGEX)
#
# SOURCE is a usual mistake: each compiler must answer with exactly one line that contains
# `error:`, and that line must match the (Python) REGEX. With -DCOUPLET_WRITE_IT_RIGHT the same
# source must compile, which proves that it fails for the reason given.
function(couplet_compile_fail_test name source regex)
  cmake_path(ABSOLUTE_PATH source)
  foreach(compiler GXX CLANGXX)
    string(TOLOWER ${compiler} word)
    add_test(NAME compile.${name}.${word} COMMAND
      "${COUPLET_PYTHON}" "${PROJECT_SOURCE_DIR}/tests/compile/expect_error.py"
      --source "${source}" --expect "${regex}" --
      "${COUPLET_${compiler}}" -std=c++20 -fsyntax-only -Wall -Wextra "-I${COUPLET_INCLUDE_DIR}")
    set_tests_properties(compile.${name}.${word} PROPERTIES TIMEOUT 120 LABELS compile)
  endforeach()
endfunction()
