// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/errors.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace couplet {

namespace {

std::string orElse(const std::string& why, const char* otherwise) {
  return why.empty() ? otherwise : why;
}

std::string connectionLostMessage(const std::string& why) {
  if (why.empty()) return "Connection to the other side was lost in a non-clean fashion.";
  return "Connection to the other side was lost: " + why + ".";
}

std::string cannotListenMessage(const Address& address, int errorNumber) {
  return "Couldn't listen on " + address.toString() + ": " +
         std::generic_category().message(errorNumber) + ".";
}

}  // namespace

ConnectionDone::ConnectionDone() : std::runtime_error("Connection was closed cleanly.") {}

ConnectionLost::ConnectionLost(const std::string& why)
    : std::runtime_error(connectionLostMessage(why)) {}

ConnectionAborted::ConnectionAborted() : ConnectionLost("it was aborted on this side") {}

WriteBufferFullError::WriteBufferFullError()
    : ConnectionLost("it was aborted, since too much was written that the peer did not read") {}

ConnectError::ConnectError(const std::string& why, int errorNumber)
    : std::runtime_error(orElse(why, "An error occurred while connecting.")),
      errorNumber_(errorNumber) {}

ConnectionRefusedError::ConnectionRefusedError(const std::string& why)
    : ConnectError(orElse(why, "Connection was refused by the other side."), ECONNREFUSED) {}

NoRouteError::NoRouteError(const std::string& why)
    : ConnectError(orElse(why, "No route to the host."), EHOSTUNREACH) {}

ConnectTimeoutError::ConnectTimeoutError(const std::string& why)
    : ConnectError(orElse(why, "Connecting took too long."), ETIMEDOUT) {}

DNSLookupError::DNSLookupError(const std::string& why)
    : ConnectError(orElse(why, "DNS lookup failed.")) {}

UserError::UserError() : ConnectError("User aborted connection.") {}

CannotListenError::CannotListenError(const std::string& interface, int port, int errorNumber)
    : CannotListenError(Address{interface.empty() ? "0.0.0.0" : interface, port}, errorNumber) {}

CannotListenError::CannotListenError(Address address, int errorNumber)
    : std::runtime_error(cannotListenMessage(address, errorNumber)),
      address_(std::move(address)),
      errorNumber_(errorNumber) {}

}  // namespace couplet
