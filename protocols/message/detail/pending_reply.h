// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Who waits for the answer to a request, for protocols, which do not know its type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/message/detail/type_of.h>
#include <couplet/protocols/message/faults.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

class PendingReply;

/// Who has been asked.
class Asked {
 public:
  /// The answer is not wanted any more. Destroys the reply, or will.
  virtual void cancelled(PendingReply& reply) = 0;

 protected:
  ~Asked() = default;
};

class PendingReply {
 public:
  PendingReply() = default;
  PendingReply(const PendingReply&) = delete;
  PendingReply& operator=(const PendingReply&) = delete;
  virtual ~PendingReply() = default;

  /// The message that is wanted, and where it goes.
  virtual const MessageType& type() const noexcept = 0;
  virtual void* message() noexcept = 0;
  /// The faults that may come in its place.
  virtual const KnownFaults& faults() const = 0;

  // Each once, and the last that is called; nothing happens where it was cancelled. What runs may
  // destroy the session.

  /// The message is whole.
  virtual void arrived() = 0;
  virtual void failed(Failure failure) = 0;

  /// Whom a cancel is to be told; null while nobody is.
  void tellCancelTo(Asked* asked, std::uint64_t id) noexcept {
    asked_ = asked;
    id_ = id;
  }
  std::uint64_t id() const noexcept { return id_; }

 protected:
  void cancel() {
    if (asked_) asked_->cancelled(*this);
  }

 private:
  Asked* asked_ = nullptr;
  std::uint64_t id_ = 0;
};

template <class... F>
const KnownFaults& knownFaults() {
  static const KnownFaults known = [] {
    KnownFaults all;
    (all.add<F>(), ...);
    return all;
  }();
  return known;
}

template <class Out, class... Faults>
class PendingReplyOf final : public PendingReply {
 public:
  PendingReplyOf() : promise_(Canceller{*this}) {}

  Deferred<Out> deferred() { return promise_.deferred(); }

  const MessageType& type() const noexcept override { return TypeOf<Out>::value; }
  void* message() noexcept override { return &out_; }
  const KnownFaults& faults() const override { return knownFaults<Faults...>(); }
  void arrived() override {
    if (promise_.pending()) promise_.callback(std::move(out_));
  }
  void failed(Failure failure) override {
    if (promise_.pending()) promise_.errback(std::move(failure));
  }

 private:
  struct Canceller {
    PendingReplyOf& reply;

    void operator()() const { reply.cancel(); }
    std::string waitsFor() const {
      return "an answer, which is to be " + std::string(reply.type().name);
    }
  };

  Promise<Out> promise_;
  Out out_{};
};

/// Why a connection has ended, for those who wait for answers: Closed where this side ended it, the
/// fault that the other side gave, or Abandoned.
Failure lossOf(const Failure& reason, bool byThisSide);

/// `"Multiply" timed out (no answer within 8.0 s)`
TimedOut timedOut(std::string_view request, Duration limit);

}  // namespace couplet::detail
#pragma GCC visibility pop
