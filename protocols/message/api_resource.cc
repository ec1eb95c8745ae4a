// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/api_resource.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <glog/logging.h>

#include <couplet/protocols/http/detail/media_ranges.h>
#include <couplet/protocols/http/percent.h>
#include <couplet/protocols/message/detail/api_description.h>
#include <couplet/protocols/message/detail/api_page.h>
#include <couplet/protocols/message/detail/http_request_reader.h>
#include <couplet/protocols/message/detail/openapi.h>
#include <couplet/protocols/message/detail/scalar.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/protocols/message/wire.h>
#include <couplet/reactor/log.h>

namespace couplet {

namespace {

using detail::Reply;
using detail::ReplyForm;

constexpr std::string_view kMethods = "GET, HEAD, POST, OPTIONS";
constexpr std::string_view kReadingMethods = "GET, HEAD, OPTIONS";
constexpr std::string_view kDocument = "openapi.json";

const ReplyForm kForm{[](const ReplyForm&, std::string& out, const detail::NamedMessage& message) {
  detail::writeWire(out, message.name, message.type, message.message);
}};

Response jsonOf(int status, std::string text) {
  static const Headers kJSON = Headers::lasting({{"Content-Type", "application/json"}});
  return Response(status, kJSON, std::move(text));
}

Response responseOf(Reply reply) {
  Response response = jsonOf(reply.status, std::move(reply.text));
  if (reply.status == 503)
    response.headers.add("Retry-After", std::to_string(reply.retryAfter.count()));
  return response;
}

Response responseOf(const Fault& fault) { return responseOf(detail::replyOf(fault, "", kForm)); }

Response allowing(std::string_view methods, Response response) {
  response.headers.add("Allow", methods);
  return response;
}

Response methodNotAllowed(std::string_view name, const Request& request) {
  return allowing(kMethods, responseOf(MethodNotAllowed(name, {"GET", "POST"}, request.method())));
}

/// The page is for a folder: its forms lead to what is in there.
Response toFolder(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return Response::redirect("./" + std::string(name) + "/");
}

Response pageResponse(const std::string& page) {
  Response response = Response::html(page);
  response.headers.add("Content-Security-Policy", detail::pagePolicy());
  response.headers.add("X-Content-Type-Options", "nosniff");
  return response;
}

/// The object of a connection.
class ConnectionSession final : public ConnectionObject {
 public:
  ConnectionSession(std::shared_ptr<const Api> api, const Request& request)
      : api_(std::move(api)), object_(api_->sessions()->accepted({request.peer(), nullptr})) {}

  const std::shared_ptr<void>& object() const noexcept { return object_; }
  void connectionEnded(bool byThisSide) override {
    api_->sessions()->ended(object_.get(), byThisSide);
  }

 private:
  const std::shared_ptr<const Api> api_;
  const std::shared_ptr<void> object_;
};

bool isOneOf(std::string_view method) {
  return method == "GET" || method == "POST" || method == "HEAD";
}

}  // namespace

ApiResource::ApiResource(std::shared_ptr<const Api> api, JSONLimits limits)
    : api_(std::move(api)), limits_(limits) {
  const detail::ApiDescription description(*api_);
  listing_ = detail::listingOf(description);
  openAPI_ = detail::openAPIOf(description);
  page_ = detail::pageOf(description);
}

Answer ApiResource::render(Request& request) {
  try {
    return answer(request);
  } catch (const Fault& fault) {
    return responseOf(fault);
  }
}

Answer ApiResource::answer(Request& request) {
  const std::string_view name = request.unclaimed();
  if (name.empty() || name == kDocument) return describe(request);
  detail::ApiRequest* const asked = find(name);
  if (VLOG_IS_ON(1)) {
    LogLine::info() << (asked ? std::string(asked->type().name) : detail::shown(name)) << " from "
                    << request.peer();
  }
  if (!asked) throw UnknownRequest(name);
  if (request.method() == "OPTIONS") return allowing(kMethods, Response(204));
  if (!isOneOf(request.method())) return methodNotAllowed(asked->type().shortName(), request);
  const std::shared_ptr<void> session = api_->sessions() ? sessionOf(request) : nullptr;
  detail::HTTPRequestReader reader(request, limits_);
  detail::Answered answered = asked->answer(reader, request.takeText(), kForm, session);
  if (Reply* reply = std::get_if<Reply>(&answered)) return responseOf(std::move(*reply));
  return std::get<Deferred<Reply>>(std::move(answered)).addCallback([](Reply reply) {
    return responseOf(std::move(reply));
  });
}

std::shared_ptr<void> ApiResource::sessionOf(Request& request) const {
  if (const auto kept = request.keptForConnection(this)) {
    return static_cast<const ConnectionSession&>(*kept).object();
  }
  const auto made = std::make_shared<ConnectionSession>(api_, request);
  request.keepForConnection(this, made);
  return made->object();
}

detail::ApiRequest* ApiResource::find(std::string_view path) const {
  detail::ApiRequest* const asked = api_->find(path);
  if (asked || path.find('%') == path.npos) return asked;
  const auto decoded = percentDecode(path);
  return decoded ? api_->find(*decoded) : nullptr;
}

Response ApiResource::describe(const Request& request) const {
  const std::string_view name = request.unclaimed();
  const std::string_view method = request.method();
  if (method == "OPTIONS") return allowing(kReadingMethods, Response(204));
  if (method != "GET" && method != "HEAD") {
    return allowing(kReadingMethods,
                    responseOf(MethodNotAllowed(name.empty() ? "/" : name, {"GET"}, method)));
  }
  if (name == kDocument) return jsonOf(200, openAPI_);
  const bool isForPeople = detail::prefersHTML(request.headers());
  Response response = !isForPeople                     ? jsonOf(200, listing_)
                      : !request.path().ends_with('/') ? toFolder(request.path())
                                                       : pageResponse(page_);
  response.headers.add("Vary", "Accept");
  return response;
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
