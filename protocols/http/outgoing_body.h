// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The body of a message that is being sent piece by piece: of a response, or of a request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/body_writer.h>
#include <couplet/protocols/http/headers.h>
#include <couplet/reactor/producer.h>

#pragma GCC visibility push(default)
namespace couplet {

class OutgoingBody;
class Transport;

/// What makes a body as it is sent: a function that writes it, whose Deferred ends it.
///
///     [](OutgoingBody& body) -> Deferred<void> {
///       for (const Verse& verse : poem()) co_await body.write(verse.text());
///     }
///
/// Copies share the function, which lives until its body is sent or its connection lost; then what
/// it waits for is discarded. When it fails, the connection is aborted, so that the peer can tell.
/// Twisted's IBodyProducer.
class BodyProducer {
 public:
  BodyProducer() noexcept = default;

  template <class F>
  requires(!std::is_same_v<F, BodyProducer> &&
           std::is_invocable_r_v<Deferred<void>, F&, OutgoingBody&>)
      BodyProducer(F write)  // NOLINT: meant
      : write_(std::make_shared<Callable<Deferred<void>(OutgoingBody&)>>(std::move(write))) {}

  explicit operator bool() const noexcept { return write_ != nullptr; }

  /// REQUIRES: it is not empty
  Deferred<void> startProducing(OutgoingBody& body) const { return (*write_)(body); }

 private:
  std::shared_ptr<Callable<Deferred<void>(OutgoingBody&)>> write_;
};

/// Where a BodyProducer writes. Chunked, or of the Content-Length that the message's headers give;
/// to an HTTP/1.0 client without one, until the connection ends. Not owned by the producer: valid
/// until its Deferred has fired.
class OutgoingBody : private Producer {
 public:
  /// So many writes may wait; one more fails.
  static constexpr std::size_t kMostWritesWaiting = 1024;

  /// For channels and agents. REQUIRES: `transport` outlives it
  OutgoingBody(Transport& transport, HTTPBodyWriter writer, BodyProducer producer) noexcept;
  ~OutgoingBody() override;
  OutgoingBody(const OutgoingBody&) = delete;
  OutgoingBody& operator=(const OutgoingBody&) = delete;

  /// Sends a piece, which need only be valid until this returns. Fires at once while no more than
  /// 64 KiB are unsent, else when all is sent: who awaits it makes no more than the peer takes.
  /// Fails with LocalProtocolError where the body would be longer than its Content-Length; then the
  /// whole body fails, whatever the producer makes of that.
  Deferred<void> write(std::string_view piece, SourceLocation here = SourceLocation::current());

  /// Sent behind a chunked body; dropped where the client is of HTTP/1.0 and the connection ends
  /// the body; where there is a Content-Length, the body fails. Replaces what was set.
  void setTrailers(Headers trailers);

  /// Instead of awaiting writes: as Transport's. `producer` writes here, unregisters itself when it
  /// has no more, and then lets the Deferred of the BodyProducer fire. std::logic_error while a
  /// write waits.
  void registerProducer(Producer& producer, bool streaming);
  void unregisterProducer();

  /// How many bytes of the body were written.
  std::uint64_t written() const noexcept { return written_; }

  // For channels and agents.

  /// The same with what frames it.
  std::uint64_t sent() const noexcept { return sent_; }

  /// Runs the producer.
  Deferred<void> start();

  /// Ends the body. Throws what a write failed with, LocalProtocolError where it is too short, and
  /// std::invalid_argument for trailers that may be none.
  void finish();

 private:
  enum class Registered : std::uint8_t { kNobody, kThis, kOther };

  void resumeProducing() override;
  void stopProducing() override { registered_ = Registered::kNobody; }
  Deferred<void> untilSent(SourceLocation here);
  void unregister();

  Transport& transport_;
  BodyProducer producer_;
  HTTPBodyWriter writer_;
  Headers trailers_;
  std::uint64_t written_ = 0;
  std::uint64_t sent_ = 0;
  std::vector<Promise<void>> waiting_;
  std::optional<Failure> failure_;               // of a write
  Registered registered_ = Registered::kNobody;  // as the producer of the transport
};

}  // namespace couplet
#pragma GCC visibility pop
