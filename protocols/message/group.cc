// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/group.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/message/detail/kept_session.h>
#include <couplet/protocols/message/native_session.h>
#include <couplet/protocols/message/text.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/log.h>

namespace couplet {

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all.append(all.empty() ? "" : ", ").append(name);
  return all;
}

/// Fires what still waits, in the order in which it came.
void fire(std::vector<Promise<void>> waiting, const std::weak_ptr<const bool>& group) {
  for (Promise<void>& one : waiting) {
    if (!one.pending()) continue;
    group.expired() ? one.errback(Closed("the group is gone")) : one.callback();
  }
}

/// What is called may destroy what it is a member of, or replace itself.
void tell(Callable<void()>& member) {
  if (!member) return;
  const auto inPlace = std::make_shared<const bool>();
  auto call = std::exchange(member, [inPlace] {});
  try {
    call();
  } catch (...) {
    LogLine::error() << "Exception in what a group calls: " << Failure::current();
  }
  if (inPlace.use_count() > 1) member = std::move(call);
}

}  // namespace

Group::Group(Reactor& reactor, ReconnectDelays delays)
    : reactor_(reactor), delays_(std::move(delays)), here_(std::make_shared<const bool>()) {
  if (delays_.local.empty() || delays_.lan.empty() || delays_.internet.empty()) {
    throw std::invalid_argument("Group: each scope has a wait at least");
  }
}

Group::~Group() {
  for (const Listener& listener : listeners_) listener.port->stopListening();
  here_.reset();
  fire(std::exchange(waiting_, {}), here_);
}

Session& Group::connectHTTP(std::string name, std::string host, std::uint16_t port,
                            HTTPSessionOptions options) {
  return add(std::move(name), host, [&reactor = reactor_, host, port, options] {
    return couplet::connectHTTP(reactor, host, port, options);
  });
}

Session& Group::connectNative(std::string name, std::string host, std::uint16_t port,
                              std::shared_ptr<const Api> api, NativeOptions options) {
  return add(std::move(name), host,
             [&reactor = reactor_, host, port, api = std::move(api), options] {
               return couplet::connectNative(reactor, host, port, api, options);
             });
}

Session& Group::add(std::string name, std::string_view host,
                    Callable<Deferred<std::shared_ptr<Session>>()> connect) {
  requireNew(name);
  auto kept = std::make_shared<detail::KeptSession>(reactor_, std::move(name), host, delays_,
                                                    std::move(connect), [this] { changed(); });
  kept->start();
  wasReady_ = false;
  return *sessions_.emplace_back(std::move(kept));
}

void Group::listen(std::string name, int port, std::shared_ptr<Factory> factory,
                   ListenOptions options) {
  requireNew(name);
  try {
    auto listening = reactor_.listenTCP(port, std::move(factory), options);
    listeners_.push_back({std::move(name), std::move(listening)});
  } catch (const CannotListenError& error) {
    throw NotListening(error.address().toString(), error.errorNumber());
  }
}

detail::KeptSession* Group::find(std::string_view name) const noexcept {
  for (const auto& session : sessions_) {
    if (session->name() == name) return session.get();
  }
  return nullptr;
}

bool Group::listens(std::string_view name) const noexcept {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [name](const Listener& one) { return one.name == name; });
}

void Group::requireNew(std::string_view name) const {
  if (!listens(name) && !find(name)) return;
  throw std::invalid_argument("Group: there is a member \"" + std::string(name) + "\" already");
}

std::optional<TemporarilyUnavailable> Group::missing() const {
  std::vector<std::string> names;
  for (const auto& session : sessions_) {
    if (!session->connected()) names.push_back(session->name());
  }
  if (names.empty()) return std::nullopt;
  return TemporarilyUnavailable(std::move(names));
}

std::optional<TemporarilyUnavailable> Group::missing(
    std::initializer_list<GroupMember> members) const {
  std::vector<std::string> names;
  for (const GroupMember& member : members) {
    const detail::KeptSession* const session = find(member.name);
    if (!session && !listens(member.name)) {
      throw std::invalid_argument("Group: there is no member \"" + std::string(member.name) + '"');
    }
    if (session && !session->connected()) names.emplace_back(member.alias);
  }
  if (names.empty()) return std::nullopt;
  return TemporarilyUnavailable(std::move(names));
}

Deferred<void> Group::whenReady(std::optional<Duration> limit) {
  if (ready()) return succeed();
  std::erase_if(waiting_, [](const Promise<void>& one) { return !one.pending(); });
  Deferred<void> all = waiting_.emplace_back().deferred();
  if (!limit) return all;
  return std::move(all).addTimeout(
      *limit, reactor_, [this](const Result<void>&, Duration timeout) -> Result<void> {
        const auto fault = missing();
        const double seconds = std::chrono::duration<double>(timeout).count();
        return Failure(TimedOut(
            "no connection to " + joined(fault ? fault->unavailable : std::vector<std::string>()) +
                " within " + numberText(seconds) + " s",
            "the group is not ready"));
      });
}

void Group::changed() {
  const bool isReady = ready();
  if (isReady == wasReady_) return;
  wasReady_ = isReady;
  const std::weak_ptr<const bool> here = here_;
  if (isReady) fire(std::exchange(waiting_, {}), here);
  if (!here.expired()) tell(isReady ? onReady : onNotReady);
}

}  // namespace couplet
