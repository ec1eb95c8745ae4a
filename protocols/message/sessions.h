// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What an Api keeps for each connection.
#pragma once

#include <memory>

#include <couplet/deferred/callable.h>
#include <couplet/reactor/address.h>

#pragma GCC visibility push(default)
namespace couplet {

class Session;

/// A connection to an Api, as it is told of.
struct Connected {
  Address peer;
  /// For requests to the other side, where the protocol has such (HTTP does not; else null). Valid
  /// until the end of the connection is told.
  Session* session = nullptr;
};

/// An object of its own for each connection, which handlers take beside the request, by reference:
///
///     struct Till { double sum = 0; };
///
///     Api api(Requests<Add>(), SessionsOf<Till>(),
///             [](const Add& a, Till& till) { return Output{till.sum += a.value}; });
///
/// The object lives until the connection has ended, and on while a handler of a request of that
/// connection is at work. What is called here belongs to who made the Api: a closure may outlive
/// nothing that it uses.
template <class S>
struct SessionsOf {
  /// A connection was made: natively, the other side has said hello; by HTTP, its first request has
  /// come. Makes its object, which is not
  /// null. What it throws is what the connection, or that request, is refused with. Without it the
  /// object is made by default.
  Callable<std::shared_ptr<S>(const Connected& connection)> accepted{};
  /// This side ended the connection.
  Callable<void(S& session)> closed{};
  /// The other side ended it, or it broke.
  Callable<void(S& session)> abandoned{};
};

}  // namespace couplet
#pragma GCC visibility pop
