// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Bodies of responses that are wanted whole.
#pragma once

#include <cstddef>
#include <string>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/response.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What `readBody` and `withBody` take unless they are told otherwise: they keep it in memory.
inline constexpr std::size_t kReadBodyLimit = 64 * 1024 * 1024;

struct ReadBody {
  Deferred<std::string> operator()(const Response& response,
                                   std::size_t limit = kReadBodyLimit) const;
};

struct WithBody {
  Deferred<Response> operator()(Response response, std::size_t limit = kReadBodyLimit) const;
};

/// The whole body of a response that an Agent got; BodyTooLongError where it is longer than
/// `limit`. An object, so that it can stand for itself. Twisted's readBody.
///
///     agent.request("GET", url).addCallback(readBody)
///     agent.request("GET", url).addCallback([](const Response& response) {
///       return readBody(response, 1000);
///     })
inline constexpr ReadBody readBody;

/// The same, as the `body` of the response.
///
///     Response response = co_await agent.request("GET", url).addCallback(withBody);
inline constexpr WithBody withBody;

}  // namespace couplet
#pragma GCC visibility pop
