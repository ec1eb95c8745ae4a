// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/site.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/detail/copy_text.h>
#include <couplet/protocols/http/detail/http_exchange.h>
#include <couplet/protocols/http/http_channel.h>
#include <couplet/protocols/http/http_date.h>
#include <couplet/reactor/log.h>
#include <couplet/reactor/wall_time.h>

namespace couplet {

namespace {

/// All channels are looked at, so no more often than this.
constexpr Duration kLookInterval = std::chrono::seconds(1);

/// More would be the memory of a burst, kept for ever.
constexpr std::size_t kMostSpare = 16;
/// So much for the bodies of all of them.
constexpr std::size_t kMostSpareBytes = 4 * 1024 * 1024;
/// These are not counted.
constexpr std::size_t kSmallSpareBody = 4096;

bool hasPath(TargetForm form) noexcept {
  return form == TargetForm::kOrigin || form == TargetForm::kAbsolute;
}

}  // namespace

Site::Site(std::shared_ptr<Resource> root, SiteOptions options)
    : options_(std::move(options)), root_(std::move(root)) {
  if (!root_) throw std::invalid_argument("Site: there is no root");
  if (!options_.wallTime) options_.wallTime = &wallTime;
  spare_.reserve(kMostSpare);
}

Site::Site(Router router, SiteOptions options)
    : Site(std::make_shared<Router>(std::move(router)), std::move(options)) {}

Site::~Site() {
  if (lookCall_.active()) lookCall_.cancel();
}

std::unique_ptr<Protocol> Site::buildProtocol(const Address&) {
  if (drained_) return nullptr;
  return std::make_unique<HTTPChannel>(*this);
}

/// REQUIRES: deadline < nextLook_
void Site::lookLater(Clock::TimePoint deadline) {
  const auto next = std::max(deadline, lastLook_ + kLookInterval);
  const Duration wait = std::max(next - now(), Duration::zero());
  if (lookCall_.active()) {
    lookCall_.reset(wait);
  } else {
    lookCall_ = clock_->callLater(wait, [this] { look(); });
  }
  nextLook_ = next;
}

/// A channel that is told may answer, close or hand over others, late ones too.
void Site::look() {
  lastLook_ = now();
  nextLook_ = Clock::TimePoint::max();
  auto earliest = Clock::TimePoint::max();
  for (HTTPChannel *channel = channels_, *next; channel; channel = next) {
    next = channel->next_;
    if (channel->deadline_ > lastLook_) {
      earliest = std::min(earliest, channel->deadline_);
      continue;
    }
    channel->unlink(channels_);
    channel->link(late_);
  }
  while (HTTPChannel* const channel = late_) {
    channel->unlink(late_);
    channel->link(channels_);
    channel->deadline_ = HTTPChannel::kNever;
    try {
      channel->deadlinePassed();
    } catch (...) {
      channel->transport().failConnection(Failure::current());
    }
  }
  if (channels_) lookAt(earliest);
}

void Site::remember(HTTPChannel& channel, Clock& clock) {
  if ((channels_ || late_) && clock_ != &clock) {
    throw std::logic_error("Site: one site serves one reactor at a time");
  }
  clock_ = &clock;
  channel.link(channels_);
}

/// REQUIRES: it is remembered
void Site::forget(HTTPChannel& channel) {
  channel.unlink(&channel == late_ ? late_ : channels_);
  if (channels_ || late_) return;
  if (lookCall_.active()) lookCall_.cancel();
  nextLook_ = Clock::TimePoint::max();
  for (Promise<void>& drained : std::exchange(draining_, {})) drained.callback();
}

Deferred<void> Site::drain(Duration deadline, SourceLocation here) {
  drained_ = true;
  for (HTTPChannel* const first : {channels_, late_}) {
    for (HTTPChannel* channel = first; channel; channel = channel->next_) channel->drain(deadline);
  }
  if (!channels_ && !late_) return succeed(here);
  draining_.emplace_back(here);
  return draining_.back().deferred();
}

/// The request keeps it alive, but for the root, which the site does.
inline Resource* Site::find(Request& request) {
  request.unclaimAll();
  return root_->isLeaf() ? root_.get() : findBelowRoot(request);
}

[[gnu::noinline]] Resource* Site::findBelowRoot(Request& request) {
  std::shared_ptr<Resource> found = findResource(root_, request);
  Resource* const resource = found.get();
  request.keep(std::move(found));
  return resource;
}

/// What goes wrong here does so again when it is rendered.
BodyWanted Site::bodyWanted(Request& request) {
  if (!hasPath(request.form())) return BodyWanted::kWhole;
  try {
    Resource* const resource = find(request);
    return resource ? resource->bodyWanted(request) : BodyWanted::kNot;
  } catch (...) {
    return BodyWanted::kNot;
  }
}

/// OPTIONS * and CONNECT.
[[gnu::noinline]] Answer Site::renderWithoutPath(Request& request) {
  if (request.form() == TargetForm::kAsterisk) {
    if (request.method() != "OPTIONS") throw HTTPError(405, "", {{"Allow", "OPTIONS"}});
    return Response(200);
  }
  if (!options_.connect) throw HTTPError(501);
  return options_.connect(request);
}

Answer Site::render(Request& request) {
  if (!hasPath(request.form())) return renderWithoutPath(request);
  Resource* const resource = find(request);
  if (!resource) throw HTTPError(404);
  return resource->render(request);
}

void Site::logAccess(AccessRecord& record) {
  record.time = options_.wallTime();
  try {
    options_.accessLog(record);
  } catch (...) {
    LogLine::error() << "Exception in an access log: " << Failure::current();
  }
}

Response Site::errorPage(int status, std::string_view why) {
  try {
    return options_.errorPage(status, why);
  } catch (...) {
    LogLine::error() << "Exception in an error page: " << Failure::current();
    return Response(status);
  }
}

void Site::renderDate(std::time_t now) {
  dateOf_.reset();
  const HTTPDate date = formatHTTPDate(now);
  static_assert(kDateLineSize == 6 + date.size() + 2);
  char* const end = detail::copyText(dateLine_.data(), "Date: ");
  detail::copyText(detail::copyText(end, {date.data(), date.size()}), "\r\n");
  dateOf_ = now;
}

std::unique_ptr<detail::HTTPExchange> Site::newExchange() {
  return nextSpare_ ? std::move(nextSpare_) : takeSpare();
}

[[gnu::noinline]] std::unique_ptr<detail::HTTPExchange> Site::takeSpare() {
  if (spare_.empty()) {
    auto made = std::make_unique<detail::HTTPExchange>(options_.limits, table_);
    made->request.keepIn(objects_);
    return made;
  }
  auto exchange = std::move(spare_.back());
  spare_.pop_back();
  spareBytes_ -= exchange->request.bodyCapacity();
  return exchange;
}

/// Takes it. REQUIRES: it is as a new one, but for its memory
void Site::recycle(std::unique_ptr<detail::HTTPExchange>& exchange) noexcept {
  if (nextSpare_ || exchange->request.bodyCapacity() > kSmallSpareBody) {
    return keepSpare(std::move(exchange));
  }
  nextSpare_.swap(exchange);
}

[[gnu::noinline]] void Site::keepSpare(std::unique_ptr<detail::HTTPExchange> exchange) noexcept {
  const std::size_t bytes = exchange->request.bodyCapacity();
  if (spare_.size() == kMostSpare || spareBytes_ + bytes > kMostSpareBytes) return;
  spareBytes_ += bytes;
  spare_.push_back(std::move(exchange));
}

}  // namespace couplet
