// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the receivers of strings and lines have in common: messages are taken out of the stream one
// at a time, and delivery stops at once when a message's receiver closes or pauses the connection.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <couplet/protocols/held_bytes.h>
#include <couplet/reactor/protocol.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Base of NetstringReceiver, LineReceiver, Int32StringReceiver and others of the kind; for a
/// framing of your own, override `parseNext`, `unfinished` and `takeUnfinished`.
///
/// Messages are handed on in place where they are whole in what was read. Only what is incomplete
/// is copied, and what is left when `pauseProducing` stopped delivery, which goes on from there
/// after `resumeProducing`. A connection with nothing of these holds no buffer.
///
/// A receiving method may do anything with the connection. After `loseConnection`, and after an
/// exception, nothing more is delivered and the rest is dropped. A call of `dataReceived` from
/// inside one adds its bytes behind the rest. Input that ends in mid-message loses the connection
/// with IncompleteStringError as the reason.
class FramedProtocol : public Protocol {
 public:
  void dataReceived(std::string_view bytes) override;
  void producingResumed() override;

  /// Loses the connection, once all that was held back is delivered. An override that wants to hear
  /// of input that ends in mid-message looks at `unfinished()`.
  void readConnectionLost() override;

  /// For transports and tests: as Protocol's, with the reason given to `loseConnection`.
  void endConnection(const Failure& reason) override;

  /// Takes every byte that came and was not delivered: for a change of protocol in mid-stream,
  /// since what a protocol leaves behind is dropped with it.
  ///
  ///     void stringReceived(std::string_view) override {
  ///       auto next = std::make_unique<NextProtocol>();
  ///       NextProtocol& successor = *next;
  ///       std::string rest = takeUnparsed();
  ///       transport().setProtocol(std::move(next));
  ///       if (!rest.empty()) successor.dataReceived(rest);
  ///     }
  std::string takeUnparsed();

  /// What there is of a message that is not whole, for people: "4 of 15 bytes of a netstring".
  /// Empty between messages.
  virtual std::string unfinished() const = 0;

 protected:
  FramedProtocol() = default;

  /// Loses the connection as `transport().loseConnection()` does, sending what was written, and
  /// gives `connectionLost` this reason. The first reason stands.
  void loseConnection(Failure reason);

  /// Drops all that came and all that will: the stream cannot be understood any more.
  void refuseInput() noexcept;

  /// Takes one message off the front of `bytes` and hands it on, or refuses it; false when there is
  /// none that is whole: then every byte was taken and kept for the next call. Called as long as
  /// there are bytes.
  virtual bool parseNext(std::string_view& bytes) = 0;

  /// Takes back the bytes that `parseNext` kept, as they came.
  virtual std::string takeUnfinished() = 0;

  /// Puts `bytes` before all that is not yet delivered. A view of the end of what was just
  /// delivered costs no copy.
  void unread(std::string_view bytes);

  /// Delivers what `unread` put back, unless that happens by itself: inside a receiving method, or
  /// in a pause.
  void deliverUnread();

 private:
  struct Chunk;

  bool deliverable() const noexcept { return !refusing_ && receiving(); }
  void dataHeldBack(std::string_view bytes);
  void parse(std::string_view bytes);
  void parseChunk(Chunk& chunk);
  void parseHeldBack(Chunk& chunk);
  void keepUnread(Chunk& chunk, HeldBytes held);
  void drop() noexcept;
  void endInput();

  bool inputEnded_ = false;   // in a pause: end of input waits for heldBack_
  bool refusing_ = false;     // all input is dropped: refuseInput, or a receiving method threw
  Chunk* parsing_ = nullptr;  // what is being parsed now, in a call of `parse`
  HeldBytes heldBack_;        // to be parsed next: the rest in a pause, what came during `parse`
  std::unique_ptr<Failure> why_;  // given to loseConnection
};

}  // namespace couplet
#pragma GCC visibility pop
