// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a Stream and its protocol share: the stream tells what the program wants, the
// protocol what the transport tells. Whatever fires a Promise here is called by the protocol, which
// keeps this alive meanwhile: the program may destroy the Stream from there.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/pending.h>
#include <couplet/protocols/detail/stream_input.h>
#include <couplet/protocols/detail/unsent_writes.h>
#include <couplet/reactor/address.h>
#include <couplet/reactor/transport.h>

namespace couplet::detail {

class StreamState final : private WaitDescription {
 public:
  // What the protocol is told.

  void connected(Transport& transport) noexcept {
    transport_ = &transport;
    paused_ = transport.paused();
  }
  void received(std::string_view bytes);
  /// Delivery may go on.
  void resumed() { serve(); }
  void inputEnded();
  void lost(const Failure& reason);

  // What the program wants; see Stream.

  template <class Request>
  Deferred<typename Request::Answer> ask(Request request, SourceLocation here);
  Deferred<void> write(std::string_view bytes, SourceLocation here);
  void loseWriteConnection();
  void loseConnection();
  void abortConnection();
  /// Null when the connection is gone.
  Transport* transport() const noexcept { return transport_; }
  Address host() const { return transport_ ? transport_->getHost() : host_; }
  Address peer() const { return transport_ ? transport_->getPeer() : peer_; }

  /// Receives nothing more until `resume`, or until something is read.
  void pause();
  /// Goes on, unless too much is unread.
  void resume();
  /// The Stream is gone.
  void drop() noexcept;

 private:
  template <class Request>
  struct Waiting {
    Request request;
    Promise<typename Request::Answer> promise;
  };

  void keepAddresses(Transport& transport) noexcept;
  bool readWaits() const noexcept;
  bool heldBack() const noexcept;
  void serve();
  template <class Request>
  void serve(Waiting<Request>& waiting);
  void serve(std::monostate) {}

  /// Of a read.
  std::string waitsFor() const override { return "data from " + peer().toString(); }

  StreamInput input_;
  std::variant<std::monostate, Waiting<ReadSome>, Waiting<ReadExactly>, Waiting<ReadUntil>,
               Waiting<TryRead<ReadExactly>>, Waiting<TryRead<ReadUntil>>>
      read_;                            // what waits; cancelled if its Promise is not pending
  UnsentWrites unsent_;                 // writes that wait
  Transport* transport_ = nullptr;      // null before the connection stands, and after its loss
  std::optional<Failure> lostBecause_;  // when it was lost
  Address host_;                        // of a connection that is lost, as the next
  Address peer_;
  bool paused_ = false;       // by us, or by the protocol that was here before
  bool outputEnded_ = false;  // by loseConnection or loseWriteConnection
};

}  // namespace couplet::detail
