// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/api_resource.h>

#include <string>
#include <utility>
#include <variant>

#include <couplet/protocols/http/query.h>
#include <couplet/protocols/message/detail/http_request_reader.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/protocols/message/wire.h>

namespace couplet {

namespace {

using detail::Reply;
using detail::ReplyForm;

constexpr std::string_view kMethods = "GET, HEAD, POST, OPTIONS";

const ReplyForm kForm{[](const ReplyForm&, std::string& out, std::string_view name,
                         const detail::MessageType& type,
                         const void* message) { detail::writeWire(out, name, type, message); }};

Response responseOf(Reply reply) {
  static const Headers kJSON = Headers::lasting({{"Content-Type", "application/json"}});
  Response response(reply.status, kJSON, std::move(reply.text));
  if (reply.status == 503) response.headers.add("Retry-After", "1");
  return response;
}

Response responseOf(const Fault& fault) { return responseOf(detail::replyOf(fault, "", kForm)); }

Response methodNotAllowed(std::string_view name, const Request& request) {
  Response response =
      responseOf(MethodNotAllowed(name, {"GET", "POST"}, std::string(request.method())));
  response.headers.add("Allow", kMethods);
  return response;
}

Response options() {
  Response response(204);
  response.headers.add("Allow", kMethods);
  return response;
}

bool isOneOf(std::string_view method) {
  return method == "GET" || method == "POST" || method == "HEAD";
}

}  // namespace

ApiResource::ApiResource(std::shared_ptr<const Api> api, JSONLimits limits)
    : api_(std::move(api)), limits_(limits) {}

Answer ApiResource::render(Request& request) {
  try {
    return answer(request);
  } catch (const Fault& fault) {
    return responseOf(fault);
  }
}

Answer ApiResource::answer(Request& request) {
  detail::ApiRequest* const asked = api_->find(request.unclaimed());
  if (!asked) throw UnknownRequest(request.unclaimed());
  if (request.method() == "OPTIONS") return options();
  if (!isOneOf(request.method())) return methodNotAllowed(asked->type().shortName(), request);
  detail::HTTPRequestReader reader(request, limits_);
  detail::Answered answered = asked->answer(reader, request.takeText(), kForm);
  if (Reply* reply = std::get_if<Reply>(&answered)) return responseOf(std::move(*reply));
  return std::get<Deferred<Reply>>(std::move(answered)).addCallback([](Reply reply) {
    return responseOf(std::move(reply));
  });
}

namespace {

/// What the site found wrong before there was a request.
Response faultOf(int status, std::string_view why) {
  const std::string what(why.empty() ? reasonPhrase(status) : why);
  switch (status) {
    case 400:
      return responseOf(BadRequest(what));
    case 413:
      return responseOf(TooLarge(what));
    case 503:
      return responseOf(Overloaded(what));
    default:
      return responseOf(Faulted(what));
  }
}

}  // namespace

Response faultPage(int status, std::string_view why) {
  Response page = faultOf(status, why);
  page.status = status;
  return page;
}

SiteOptions apiSiteOptions() {
  SiteOptions options;
  options.errorPage = &faultPage;
  return options;
}

std::shared_ptr<Site> newApiSite(std::shared_ptr<const Api> api, SiteOptions options) {
  return std::make_shared<Site>(std::make_shared<ApiResource>(std::move(api)), std::move(options));
}

}  // namespace couplet
