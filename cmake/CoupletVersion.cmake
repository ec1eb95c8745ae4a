# What a version promises (docs/versions.md), in the terms of CMake and of the dynamic linker: before
# 1.0 each minor version may break what uses another one, from then on each major version.

if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(COUPLET_COMPATIBILITY SameMinorVersion)
  set(COUPLET_SOVERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
else()
  set(COUPLET_COMPATIBILITY SameMajorVersion)
  set(COUPLET_SOVERSION "${PROJECT_VERSION_MAJOR}")
endif()
