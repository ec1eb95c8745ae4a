// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/read_body.h>

#include <utility>

namespace couplet {

Deferred<std::string> ReadBody::operator()(const Response& response, std::size_t limit) const {
  return response.incoming.readAll(limit);
}

Deferred<Response> WithBody::operator()(Response response, std::size_t limit) const {
  Deferred<std::string> whole = response.incoming.readAll(limit);
  response.incoming = {};
  return std::move(whole).addCallback([response = std::move(response)](std::string body) mutable {
    response.body = std::move(body);
    return std::move(response);
  });
}

}  // namespace couplet
