// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A session that is made again whenever its connection is lost.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <couplet/deferred/callable.h>
#include <couplet/protocols/message/reconnect_delays.h>
#include <couplet/protocols/message/session.h>

namespace couplet::detail {

/// A member of a group. Owned by a shared_ptr, which may go in `changed`.
class KeptSession final : public Session, public std::enable_shared_from_this<KeptSession> {
 public:
  /// Makes a connection.
  using Connect = Callable<Deferred<std::shared_ptr<Session>>()>;

  /// `changed` hears whenever `connected` has changed, from the loop. `delays` must outlive it.
  KeptSession(Clock& clock, std::string name, std::string_view host, const ReconnectDelays& delays,
              Connect connect, Callable<void()> changed);
  ~KeptSession() override;

  /// Connects for the first time.
  void start() { attempt(); }

  const std::string& name() const noexcept { return name_; }
  bool connected() const noexcept override { return now_ && now_->connected(); }
  Address getPeer() const override { return now_->getPeer(); }
  /// For good.
  void close() override;
  void ask(const MessageType& type, const void* request,
           std::unique_ptr<PendingReply> reply) override;

 private:
  Clock& clock() noexcept override { return clock_; }
  void attempt();
  void begun(std::shared_ptr<Session> session);
  void lost(const Failure& why);
  void failed();

  Clock& clock_;
  const std::string name_;
  AddressScope scope_;  // of its name, and then of what that was resolved to
  const ReconnectDelays& delays_;
  Connect connect_;
  Callable<void()> changed_;
  std::shared_ptr<Session> now_;  // null where there is none
  Deferred<void> attempt_;
  DelayedCall next_;
  Clock::TimePoint since_{};    // when now_ was made
  std::size_t failures_ = 0;    // since one that worked
  bool droppedBefore_ = false;  // the last connection did not work
  bool closed_ = false;
};

}  // namespace couplet::detail
