// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Synchronous assertions on Deferreds, for any test framework: each throws UnexpectedResult, with
// the place of the call and what the Deferred has instead. Twisted's SynchronousTestCase.
#pragma once

#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// A Deferred has not the result that the test asserts.
class UnexpectedResult : public std::logic_error {
 public:
  /// `what` after the place.
  UnexpectedResult(SourceLocation where, const std::string& what)
      : std::logic_error(textOf(where) + ": " + what) {}

 private:
  static std::string textOf(SourceLocation where) {
    std::ostringstream out;
    out << where;
    return out.str();
  }
};

}  // namespace couplet::testing

namespace couplet::detail {

inline std::string describeFailure(const Failure& failure) {
  return failure.typeName() + ": " + failure.message();
}

/// The result, if there is one already; `deferred` is consumed.
template <class T>
std::optional<Result<T>> takeFiredResult(Deferred<T>& deferred) {
  auto taken = std::make_shared<std::optional<Result<T>>>();
  std::move(deferred).addBoth([taken](Result<T> result) { taken->emplace(std::move(result)); });
  return std::move(*taken);
}

template <class T>
Result<T> requireFiredResult(Deferred<T>& deferred, SourceLocation here) {
  const std::string pending = deferred.toString();
  std::optional<Result<T>> result = takeFiredResult(deferred);
  if (!result) throw testing::UnexpectedResult(here, "there is no result yet: " + pending);
  return *std::move(result);
}

}  // namespace couplet::detail

namespace couplet::testing {

/// The value that `deferred` has fired with; `deferred` is consumed, an lvalue too. Throws when it
/// failed, or has no result yet.
template <class T>
T successResultOf(Deferred<T>& deferred, SourceLocation here = SourceLocation::current()) {
  Result<T> result = couplet::detail::requireFiredResult(deferred, here);
  if (!result.hasValue()) {
    throw UnexpectedResult(here, "a value was expected, but it failed with " +
                                     couplet::detail::describeFailure(result.failure()));
  }
  return std::move(result).value();
}
template <class T>
T successResultOf(Deferred<T>&& deferred, SourceLocation here = SourceLocation::current()) {
  return successResultOf(deferred, here);
}

/// The Failure that `deferred` has, which is handled with this; `deferred` is consumed, an lvalue
/// too. Throws when it has a value, no result yet, or, where `E...` are named, a failure that is
/// none of them.
template <class... E, class T>
Failure failureResultOf(Deferred<T>& deferred, SourceLocation here = SourceLocation::current()) {
  Result<T> result = couplet::detail::requireFiredResult(deferred, here);
  if (result.hasValue()) {
    throw UnexpectedResult(here, "a failure was expected, but it has a value");
  }
  Failure failure = std::move(result).failure();
  if constexpr (sizeof...(E) > 0) {
    if (!failure.template check<E...>()) {
      throw UnexpectedResult(here, "another failure was expected than that it has: " +
                                       couplet::detail::describeFailure(failure));
    }
  }
  return failure;
}
template <class... E, class T>
Failure failureResultOf(Deferred<T>&& deferred, SourceLocation here = SourceLocation::current()) {
  return failureResultOf<E...>(deferred, here);
}

/// Throws when `deferred` has a result already. It may be used as before, with this test's step in
/// its chain.
template <class T>
void assertNoResult(Deferred<T>& deferred, SourceLocation here = SourceLocation::current()) {
  auto has = std::make_shared<std::string>();
  deferred.addBoth([has](Result<T> result) {
    *has = result.hasValue() ? "a value" : couplet::detail::describeFailure(result.failure());
    return result;
  });
  if (!has->empty()) throw UnexpectedResult(here, "no result was expected, but it has " + *has);
}

}  // namespace couplet::testing
#pragma GCC visibility pop
