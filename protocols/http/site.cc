// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/site.h>

#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/http_channel.h>
#include <couplet/protocols/http/http_date.h>
#include <couplet/reactor/log.h>
#include <couplet/reactor/wall_time.h>

namespace couplet {

namespace {

constexpr std::string_view kCloseLine = "Connection: close\r\n";

/// More would be the memory of a burst, kept for ever.
constexpr std::size_t kMostSpareRequests = 16;
/// One whose body was larger is not kept.
constexpr std::size_t kLargestSpareBody = 64 * 1024;

}  // namespace

Site::Site(std::shared_ptr<Resource> root, SiteOptions options)
    : options_(std::move(options)), root_(std::move(root)) {
  if (!root_) throw std::invalid_argument("Site: there is no root");
  if (!options_.wallTime) options_.wallTime = &wallTime;
  spare_.reserve(kMostSpareRequests);
}

Site::Site(Router router, SiteOptions options)
    : Site(std::make_shared<Router>(std::move(router)), std::move(options)) {}

Site::~Site() = default;

std::unique_ptr<Protocol> Site::buildProtocol(const Address&) {
  return std::make_unique<HTTPChannel>(*this);
}

Answer Site::render(Request& request) {
  if (request.form() == TargetForm::kAsterisk) return Response(200);
  if (request.form() == TargetForm::kAuthority) throw HTTPError(501);
  const auto resource = findResource(root_, request);
  if (!resource) throw HTTPError(404);
  request.keep(resource);
  return resource->render(request);
}

Response Site::errorPage(int status, std::string_view why) {
  try {
    return options_.errorPage(status, why);
  } catch (...) {
    LogLine::error() << "Exception in an error page: " << Failure::current();
    return Response(status);
  }
}

std::string_view Site::lines(bool close) {
  const std::time_t now = options_.wallTime();
  if (linesOf_ != now) {
    const HTTPDate date = formatHTTPDate(now);
    lines_.assign("Date: ").append(date.data(), date.size()).append("\r\n").append(kCloseLine);
    linesOf_ = now;
  }
  const std::string_view lines = lines_;
  return close ? lines : lines.substr(0, lines.size() - kCloseLine.size());
}

std::unique_ptr<Request> Site::newRequest() {
  if (spare_.empty()) return std::make_unique<Request>();
  auto request = std::move(spare_.back());
  spare_.pop_back();
  return request;
}

void Site::recycle(std::unique_ptr<Request> request) noexcept {
  request->release();
  const bool keep =
      spare_.size() < kMostSpareRequests && request->bodyCapacity() <= kLargestSpareBody;
  if (keep) spare_.push_back(std::move(request));
}

}  // namespace couplet
