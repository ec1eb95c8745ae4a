// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A client's one connection for one answer, which is a text.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/netstring.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/reactor.h>

namespace poetry {

/// The server closed the connection and had not sent a byte.
class NoAnswerError : public std::runtime_error {
 public:
  NoAnswerError();
};

/// Base of factories that connect once, for an answer. Cancelling the answer gives the connection
/// up.
class AnswerFactory : public couplet::ClientFactory {
 public:
  /// The answer, once.
  couplet::Deferred<std::string> deferred() { return answer_.deferred(); }

  void startedConnecting(couplet::Connector& connector) override { connector_ = &connector; }
  void clientConnectionFailed(const couplet::Failure& reason) override;

 protected:
  AnswerFactory();

  /// For the protocol, which fires it.
  couplet::Promise<std::string> takePromise() { return std::move(answer_); }

 private:
  couplet::Connector* connector_ = nullptr;  // valid while the answer may be cancelled
  couplet::Promise<std::string> answer_;     // until takePromise
};

/// Base of protocols that receive one netstring, the answer, and close.
class NetstringAnswerProtocol : public couplet::NetstringReceiver {
 public:
  void stringReceived(std::string_view answer) override;
  void connectionLost(const couplet::Failure& reason) override;

 protected:
  explicit NetstringAnswerProtocol(couplet::Promise<std::string> answer);

 private:
  couplet::Promise<std::string> answer_;
};

/// For connections that are given up by a time-out on their answer, and need none of their own.
couplet::ConnectOptions withoutTimeout();

}  // namespace poetry
