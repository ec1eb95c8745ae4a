// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/kept_session.h>

#include <couplet/protocols/message/faults.h>

namespace couplet::detail {

KeptSession::KeptSession(Clock& clock, std::string name, std::string_view host,
                         const ReconnectDelays& delays, Connect connect, Callable<void()> changed)
    : clock_(clock),
      name_(std::move(name)),
      scope_(scopeOf(host)),
      delays_(delays),
      connect_(std::move(connect)),
      changed_(std::move(changed)) {}

KeptSession::~KeptSession() {
  if (next_.active()) next_.cancel();
  if (attempt_) std::move(attempt_).discard();
}

void KeptSession::close() {
  closed_ = true;
  if (next_.active()) next_.cancel();
  if (attempt_) std::move(attempt_).discard();
  if (now_) now_->close();
}

void KeptSession::ask(const MessageType& type, const void* request,
                      std::unique_ptr<PendingReply> reply) {
  if (connected()) return now_->ask(type, request, std::move(reply));
  reply->failed(Failure(NotConnected::to(name_)));
}

void KeptSession::attempt() {
  attempt_ = connect_().addCallbacks(
      [this](std::shared_ptr<Session> session) { begun(std::move(session)); },
      [this](const Failure&) { failed(); });
}

void KeptSession::begun(std::shared_ptr<Session> session) {
  now_ = std::move(session);
  since_ = clock_.now();
  scope_ = scopeOf(now_->getPeer().host);
  now_->whenEnded([this](const Failure& why) { lost(why); });
  changed_();
}

/// The next attempt is made at once; of connections that did not stand for as long as the first
/// wait, and so have not worked, only for the first: else who takes connections only to drop them
/// would be asked without end.
void KeptSession::lost(const Failure& why) {
  const auto gone = std::move(now_);
  const bool worked = clock_.now() - since_ >= delays_.after(1, scope_);
  if (worked) failures_ = 0;
  const bool atOnce = worked || !droppedBefore_;
  droppedBefore_ = !worked;
  if (!closed_) atOnce ? attempt() : failed();
  const auto self = weak_from_this();
  changed_();
  if (!self.expired()) tellEnded(why);
}

void KeptSession::failed() {
  ++failures_;
  next_ = clock_.callLater(delays_.after(failures_, scope_), [this] { attempt(); });
}

}  // namespace couplet::detail
