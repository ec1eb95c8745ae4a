// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Why an Agent has no response, beside what the reactor and the parser say.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <couplet/reactor/errors.h>

#pragma GCC visibility push(default)
namespace couplet {

struct Response;

/// The connection was lost before the first byte of a response: the server may have acted on the
/// request, or never have seen it. Twisted's ResponseNeverReceived.
class ResponseNeverReceived : public ConnectionLost {
 public:
  explicit ResponseNeverReceived(const std::string& url)
      : ConnectionLost("nothing came of the response from " + url) {}
};

/// So many requests wait for a connection to one host already that this one may not.
class TooManyWaitingError : public std::runtime_error {
 public:
  TooManyWaitingError(const std::string& host, std::size_t waiting)
      : std::runtime_error(std::to_string(waiting) + " requests wait for a connection to " + host +
                           " already") {}
};

/// A redirection that cannot be followed: it leads to no http URL, or as below.
class RedirectError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// It does not say where to. Twisted's name.
class RedirectWithNoLocation : public RedirectError {
 public:
  RedirectWithNoLocation(const std::string& url, std::shared_ptr<Response> response)
      : RedirectError(url + " redirects without a Location"), response_(std::move(response)) {}

  /// What the server sent, for one to whom it is a response like others: its body can be read.
  Response& response() const noexcept { return *response_; }

 private:
  std::shared_ptr<Response> response_;  // never null
};

/// One more than AgentOptions::redirects. Twisted's name.
class InfiniteRedirection : public RedirectError {
 public:
  InfiniteRedirection(const std::string& url, std::size_t limit)
      : RedirectError(url + " redirects once more, after " + std::to_string(limit) + " times") {}
};

}  // namespace couplet
#pragma GCC visibility pop
