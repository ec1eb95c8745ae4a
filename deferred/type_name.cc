// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/type_name.h>

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace couplet {

std::string typeName(const std::type_info& type) {
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? name.get() : type.name();
}

}  // namespace couplet
