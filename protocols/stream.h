// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A connection as a stream that is read and written by `co_await`, for conversations that read
// better from top to bottom than as methods that are called. The same Deferreds take callbacks,
// too. All of it happens on the reactor's thread; docs/guide/streams.md says when to use which.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/running_work.h>
#include <couplet/protocols/errors.h>
#include <couplet/reactor/address.h>
#include <couplet/reactor/errors.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/protocol.h>
#include <couplet/reactor/reactor.h>

namespace couplet::detail {
class StreamFactory;
class StreamState;
}  // namespace couplet::detail

#pragma GCC visibility push(default)
namespace couplet {

/// One end of a connection:
///
///     Deferred<void> echo(Stream stream) {
///       while (auto bytes = co_await stream.read()) co_await stream.write(*bytes);
///     }
///
/// Move-only. It owns its end of the conversation: when it is destroyed the connection is closed in
/// order, after what was written is sent. The connection may go first, and its reactor, too: what
/// was received can still be read, and everything else fails with the reason of the loss.
///
/// One read may wait at a time, and any number of writes. A read that is cancelled, times out
/// (`stream.read().addTimeout(5s, reactor)`) or fails has taken nothing: the next one gets it.
/// Destroying the Stream while somebody waits for a read or write of it gives them AbandonedError.
///
/// Bytes that nobody reads pause the connection: at most kMostUnread and one delivery of the
/// transport (64 KiB of a LibeventReactor) are kept. While more of the answers is unsent than
/// `Transport::throttled` allows, reads wait.
class Stream {
 public:
  static constexpr std::size_t kMostUnread = 16 * 1024;

  /// Above so many unsent bytes a write waits: the high mark of transports.
  static constexpr std::size_t kHighMark = Producer::kHighMark;

  /// So many writes may wait, each taking some 512 bytes; one more aborts the connection with
  /// WriteBufferFullError, as do 64 MiB of unsent bytes. Only who does not await them comes there.
  static constexpr std::size_t kMostWritesWaiting = 64 * 1024;

  /// As long as `readUntil` looks for its delimiter, unless told.
  static constexpr std::size_t kUntilLimit = 64 * 1024;

  /// An empty one, which is no connection: using it throws std::logic_error.
  Stream() noexcept;

  /// Takes a connection over from its protocol (Transport::setProtocol), which hears nothing more
  /// and whose work is discarded. `received` is what the old protocol got and did not use: it is
  /// read first. REQUIRES: no producer is registered, the end of the peer's input was not told.
  ///
  ///     void lineReceived(std::string_view) override {   // "STARTTLS", say
  ///       std::string rest = takeUnparsed();
  ///       server_.conversations.add(converse(Stream(transport(), rest)));
  ///     }
  explicit Stream(Transport& transport, std::string_view received = {});

  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  /// False for an empty one: default-made, moved-from, or the end of what a listener accepts.
  explicit operator bool() const noexcept { return state_ != nullptr; }

  // Reading. Each throws std::logic_error while another read waits. Of a connection that was lost
  // otherwise than by a ConnectionDone, each fails with the reason, once what was received does not
  // satisfy it.

  /// What was received and not yet read, up to `most` bytes, as soon as there is some: never "".
  /// Nothing at the end of input, every time. std::invalid_argument for a `most` of 0.
  Deferred<std::optional<std::string>> read(std::size_t most = SIZE_MAX,
                                            SourceLocation here = SourceLocation::current());

  /// The next `count` bytes, exactly. IncompleteReadError when the input ends before; what there
  /// was stays unread. Takes memory as the bytes come, at most twice as much: but where `count` is
  /// the peer's word, the program has to bound it.
  Deferred<std::string> readExactly(std::size_t count,
                                    SourceLocation here = SourceLocation::current());

  /// What comes before the next `delimiter`, which is taken and not given. ReadLimitError when
  /// there is none after `limit` bytes, IncompleteReadError when the input ends before; in both
  /// cases what there was stays unread. std::invalid_argument for a delimiter of "".
  Deferred<std::string> readUntil(std::string_view delimiter, std::size_t limit = kUntilLimit,
                                  SourceLocation here = SourceLocation::current());

  /// The same two, for where the input may end: nothing when it ends before the first byte.
  ///
  ///     while (auto line = co_await stream.tryReadUntil("\n")) obey(*line);
  Deferred<std::optional<std::string>> tryReadExactly(
      std::size_t count, SourceLocation here = SourceLocation::current());
  Deferred<std::optional<std::string>> tryReadUntil(
      std::string_view delimiter, std::size_t limit = kUntilLimit,
      SourceLocation here = SourceLocation::current());

  // Writing

  /// Sends `bytes` after all that was written before; they are copied, need only be valid until
  /// this returns, and are sent whatever becomes of the Deferred. It fires at once while no more
  /// than kHighMark bytes are unsent, otherwise when all is sent. Fails with the reason of the loss
  /// on a lost connection, or with ConnectionDone after one of the two below.
  Deferred<void> write(std::string_view bytes, SourceLocation here = SourceLocation::current());

  /// Ends the output: the peer reads the end of its input after all that was written. Reading goes
  /// on.
  void loseWriteConnection();

  /// Closes the connection after what was written is sent, as destroying does. No more is received;
  /// a read that waits gets the end of input when it is closed. A peer that does not read holds
  /// that up, for ReactorOptions::closingDeadline.
  void loseConnection();

  /// Closes at once and drops what is unsent; the peer sees a reset. Who waits gets
  /// ConnectionAborted, from the loop.
  void abortConnection();

  // The connection

  /// True until this side closes the connection, or it is lost.
  bool connected() const noexcept;

  /// This end and the other; as they were, when the connection is gone.
  Address getHost() const;
  Address getPeer() const;

  /// As Transport's; nothing on a lost connection.
  void setTcpNoDelay(bool on);
  void setTcpKeepAlive(bool on);

 private:
  friend class StreamProtocol;
  friend class detail::StreamFactory;

  explicit Stream(std::shared_ptr<detail::StreamState> state) noexcept;
  detail::StreamState& use() const;

  std::shared_ptr<detail::StreamState> state_;  // null in an empty one; shared with the protocol
};

/// The protocol behind a Stream: for factories of your own, and for tests on any transport.
///
///     StringTransport transport;
///     Deferred<void> echoing;
///     StreamProtocol protocol([&](Stream stream) { echoing = echo(std::move(stream)); });
///     transport.connect(protocol);
///     protocol.dataReceived("hello");
///     EXPECT_EQ(transport.value(), "hello");
class StreamProtocol : public Protocol {
 public:
  /// Gives the Stream to `connected` when the connection stands.
  explicit StreamProtocol(Callable<void(Stream)> connected);
  ~StreamProtocol() override;

  void connectionMade() override;
  void dataReceived(std::string_view bytes) override;
  void producingResumed() override;
  void readConnectionLost() override;
  void connectionLost(const Failure& reason) override;

 private:
  friend class Stream;

  explicit StreamProtocol(std::shared_ptr<detail::StreamState> state);

  Callable<void(Stream)> connected_;  // empty once called, and where a Stream was there before
  std::shared_ptr<detail::StreamState> state_;
};

/// A port whose connections are accepted one by one:
///
///     Deferred<void> serve(StreamListener& listener, RunningWork& conversations) {
///       while (Stream stream = co_await listener.accept()) {
///         conversations.add(converse(std::move(stream)));
///       }
///     }
///
/// Move-only; destroying it closes the port. May outlive its reactor, which closes it, too.
class StreamListener {
 public:
  StreamListener(StreamListener&& other) noexcept;
  StreamListener& operator=(StreamListener&& other) noexcept;
  ~StreamListener();

  /// The next connection; an empty Stream once the listener is closed, also by the end of its
  /// reactor. One that comes while nobody waits, or after the wait was cancelled, is kept for the
  /// next call, and nothing is read from it until then; past ListenOptions::backlog of them, more
  /// are closed at once. One that is lost meanwhile is given nevertheless. std::logic_error while
  /// another accept waits.
  Deferred<Stream> accept(SourceLocation here = SourceLocation::current());

  /// Closes the port, and those connections that were not accepted; others live on.
  void close();

  /// Where it listens, with the real port where 0 was asked for.
  Address getHost() const;

 private:
  friend StreamListener listenStream(Reactor&, int, ListenOptions);

  StreamListener(std::shared_ptr<detail::StreamFactory> factory,
                 std::shared_ptr<ListeningPort> port) noexcept;
  void requireListener() const;

  std::shared_ptr<detail::StreamFactory> factory_;  // null in a moved-from one, as the next
  std::shared_ptr<ListeningPort> port_;
};

/// Listens on `port` (0: any free one). Throws what `Reactor::listenTCP` does. The interface of
/// `options`: "" means every IPv4 address, "::" every address of both kinds.
StreamListener listenStream(Reactor& reactor, int port, ListenOptions options = {});

/// How to connect, as ConnectOptions. Trivially destructible, since GCC 12 destroys what is made by
/// braces in a `co_await connectStream(..., {.timeout = 5s})` in the wrong place.
struct ConnectStreamOptions {
  Duration timeout = std::chrono::seconds(30);  ///< for the whole attempt, name look-up included
  std::string_view bindAddress = {};  ///< numeric; valid until connectStream returns; "" for any
};

/// Connects to `host`, a name or a numeric address. Fails with the ConnectError; cancelling gives
/// the attempt up. Throws what `Reactor::connectTCP` does.
Deferred<Stream> connectStream(Reactor& reactor, const std::string& host, int port,
                               ConnectStreamOptions options = {},
                               SourceLocation here = SourceLocation::current());

}  // namespace couplet
#pragma GCC visibility pop
