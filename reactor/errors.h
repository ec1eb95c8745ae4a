// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Why a connection ended, could not be made, or a port could not be opened: one class a cause, each
// with a sentence that a person can read. Twisted's twisted.internet.error.
#pragma once

#include <stdexcept>
#include <string>

#include <couplet/reactor/address.h>

#pragma GCC visibility push(default)
namespace couplet {

/// The connection was closed cleanly, by either side.
class ConnectionDone : public std::runtime_error {
 public:
  ConnectionDone();
};

/// The connection broke: reset, timed out, a system call on it failed; or the reactor was stopped,
/// and there may have been more to receive.
class ConnectionLost : public std::runtime_error {
 public:
  explicit ConnectionLost(const std::string& why = "");
};

/// This side called `abortConnection`.
class ConnectionAborted : public ConnectionLost {
 public:
  ConnectionAborted();
};

/// More was written than the peer took, past the hard cap: the connection was aborted.
class WriteBufferFullError : public ConnectionLost {
 public:
  WriteBufferFullError();
};

/// A connection could not be made. Base of the causes below.
class ConnectError : public std::runtime_error {
 public:
  /// `errorNumber` is an errno value, or 0 where no system call failed.
  explicit ConnectError(const std::string& why, int errorNumber = 0);
  int errorNumber() const noexcept { return errorNumber_; }

 private:
  int errorNumber_;
};

/// Nobody listens there (ECONNREFUSED).
class ConnectionRefusedError : public ConnectError {
 public:
  explicit ConnectionRefusedError(const std::string& why = "");
};

/// No route to the host or network.
class NoRouteError : public ConnectError {
 public:
  explicit NoRouteError(const std::string& why = "");
};

/// The attempt took longer than its time-out. Twisted's internet.error.TimeoutError.
class ConnectTimeoutError : public ConnectError {
 public:
  explicit ConnectTimeoutError(const std::string& why = "");
};

/// The host's name has no address.
class DNSLookupError : public ConnectError {
 public:
  explicit DNSLookupError(const std::string& why);
};

/// This side gave the attempt up: `Connector::stopConnecting`. "User aborted connection."
class UserError : public ConnectError {
 public:
  UserError();
};

/// A port could not be opened: in use, not allowed, no such interface.
class CannotListenError : public std::runtime_error {
 public:
  CannotListenError(const std::string& interface, int port, int errorNumber);
  /// What it was to listen on; the host is 0.0.0.0 for every IPv4 address.
  const Address& address() const noexcept { return address_; }
  /// The errno value, EADDRINUSE for one in use.
  int errorNumber() const noexcept { return errorNumber_; }

 private:
  CannotListenError(Address address, int errorNumber);

  Address address_;
  int errorNumber_;
};

}  // namespace couplet
#pragma GCC visibility pop
