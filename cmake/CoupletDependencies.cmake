# The libraries that Couplet stands on, found by pkg-config where there is a choice: Debian's CMake
# package of glog drags the headers of libunwind in, and libevent's knows no libevent_core alone.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(COUPLET_LIBEVENT REQUIRED IMPORTED_TARGET libevent_core>=2.1)
pkg_check_modules(COUPLET_GLOG REQUIRED IMPORTED_TARGET libglog>=0.6)
pkg_check_modules(COUPLET_RAPIDJSON REQUIRED IMPORTED_TARGET RapidJSON)
pkg_check_modules(COUPLET_ZLIB REQUIRED IMPORTED_TARGET zlib>=1.2)
pkg_check_modules(COUPLET_GFLAGS REQUIRED IMPORTED_TARGET gflags)

if(COUPLET_TESTS)
  find_package(GTest REQUIRED CONFIG)

  # Debian's own Python comes first: python3-twisted belongs to it and to no other.
  find_program(COUPLET_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  find_program(COUPLET_PYTHON python3 REQUIRED)

  # Whichever compiler builds, the tests of error messages ask both.
  find_program(COUPLET_GXX NAMES g++-12 g++)
  find_program(COUPLET_CLANGXX NAMES clang++-14 clang++)
  if(NOT COUPLET_GXX OR NOT COUPLET_CLANGXX)
    message(FATAL_ERROR "The tests need g++ and clang++; scripts/bootstrap installs both.")
  endif()
endif()
