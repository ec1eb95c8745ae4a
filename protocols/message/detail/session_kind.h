// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The objects that an Api keeps for its connections, for protocols, which do not know
// their type.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <couplet/protocols/message/sessions.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

class SessionKind {
 public:
  virtual ~SessionKind() = default;

  /// A connection has come. What handlers of its requests are given; never null. May throw.
  virtual std::shared_ptr<void> accepted(const Connected& connection) = 0;
  /// It has ended. What its owner throws is logged.
  void ended(void* session, bool byThisSide) noexcept;

 protected:
  /// Throw std::invalid_argument, and std::logic_error, where it is not so.
  static void requireWayToMake(bool there);
  static void requireMade(bool there);

 private:
  virtual void tellEnded(void* session, bool byThisSide) = 0;
};

template <class S>
class SessionKindOf final : public SessionKind {
 public:
  explicit SessionKindOf(SessionsOf<S> sessions) : sessions_(std::move(sessions)) {
    if constexpr (std::is_default_constructible_v<S>) {
      if (sessions_.accepted) return;
      sessions_.accepted = [](const Connected&) { return std::make_shared<S>(); };
    }
    requireWayToMake(static_cast<bool>(sessions_.accepted));
  }

  std::shared_ptr<void> accepted(const Connected& connection) override {
    std::shared_ptr<S> session = sessions_.accepted(connection);
    requireMade(session != nullptr);
    return session;
  }

 private:
  void tellEnded(void* session, bool byThisSide) override {
    auto& call = byThisSide ? sessions_.closed : sessions_.abandoned;
    if (call) call(*static_cast<S*>(session));
  }

  SessionsOf<S> sessions_;
};

}  // namespace couplet::detail
#pragma GCC visibility pop
