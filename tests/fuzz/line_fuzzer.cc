// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// LineReceiver and, where the input begins with `only`, LineOnlyReceiver. The input is
// `[only] limit|delimiter|script|bytes of the peer`.
#include <couplet/protocols/line.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "framing_conversation.h"
#include "require.h"
#include "sending.h"

namespace couplet::fuzz {
namespace {

/// What both receivers do.
class LineConversation : public FramingConversation {
 public:
  LineConversation(std::string_view wire, std::size_t limit, std::string_view delimiter)
      : FramingConversation(wire, limit), delimiter_(delimiter) {}

 protected:
  virtual LineProtocol& receiver() = 0;

  /// How many bytes without a delimiter may wait for one.
  virtual std::size_t patience() const = 0;

  Next next(std::string_view bytes) const override {
    const Next found = parse(bytes, delimiter_, keptBefore());
    if (found.kind == Next::kMessage) {
      return found.payload.size() > limit() ? Next{Next::kRefusal} : found;
    }
    return {bytes.size() > patience() ? Next::kRefusal : Next::kNothing};
  }

  /// Up to the first delimiter that ends after the first `kept` bytes.
  static Next parse(std::string_view bytes, std::string_view delimiter, std::size_t kept) {
    for (std::size_t end = 0; end + delimiter.size() <= bytes.size(); ++end) {
      const bool here = bytes.substr(end, delimiter.size()) == delimiter;
      if (!here || end + delimiter.size() <= kept) continue;
      return {Next::kMessage, bytes.substr(0, end), end + delimiter.size()};
    }
    return {};
  }

  void lookedAgain() override { kept_ = 0; }

  void tooLong(std::string_view rest) {
    enter();
    require(expectedNext().kind == Next::kRefusal && rest == visible(), "a line is too long");
    moveOn(rest.size());
    if (losesFor(is<LineLengthExceededError>)) receiver().LineProtocol::lineLengthExceeded(rest);
    makeMovesInside();
  }

  bool makeOwnMove(char letter) override {
    switch (letter) {
      case 'm':
        return setLimit(script().number());
      case 's':
        return send(payloadOf(script()));
      case 'd':
        return setDelimiter(kDelimiters[script().number() % std::size(kDelimiters)]);
      default:
        return false;
    }
  }

  const std::string& delimiter() const noexcept { return delimiter_; }

 private:
  static constexpr std::string_view kDelimiters[] = {"\r\n", "\n", "aa", "aab", "--a--"};

  bool setLimit(std::size_t limit) {
    receiver().setMaxLength(limit);
    limitChanged(limit);
    return true;
  }

  bool setDelimiter(std::string_view delimiter) {
    receiver().setDelimiter(std::string(delimiter));
    delimiter_ = delimiter;
    kept_ = lookedAt();
    return true;
  }

  bool send(std::string line) {
    if (parse(line + delimiter_, delimiter_, 0).payload != line) line.clear();
    const auto wire = written([&] { receiver().sendLine(line); }, false);
    if (!wire) return true;
    const Next back = parse(*wire, delimiter_, 0);
    require(back.payload == line && back.size == wire->size(), "what is sent can be parsed");
    return true;
  }

  /// A new delimiter is not looked for in the bytes of a line that came before it.
  std::size_t keptBefore() const noexcept { return kept_ < delivered() ? 0 : kept_ - delivered(); }

  std::string delimiter_;
  std::size_t kept_ = 0;  // the place to which the parser had come when the delimiter was set
};

/// Is the receiver that it converses with.
template <class Receiver>
class LineConversationOf : public LineConversation, protected Receiver {
 public:
  LineConversationOf(std::string_view wire, std::size_t limit, std::string_view delimiter)
      : LineConversation(wire, limit, delimiter) {
    this->setMaxLength(limit);
    Receiver::setDelimiter(std::string(delimiter));
  }

 private:
  LineProtocol& receiver() override { return *this; }
  FramedProtocol& protocol() override { return *this; }
  void lineReceived(std::string_view line) override { messageReceived(line); }
  void lineLengthExceeded(std::string_view rest) override { tooLong(rest); }
  void connectionLost(const Failure& reason) override {
    FramingConversation::connectionLost(reason);
  }
};

class LineOnlyConversation : public LineConversationOf<LineOnlyReceiver> {
 public:
  using LineConversationOf::LineConversationOf;

 private:
  std::size_t patience() const override { return limit(); }
};

/// Has raw mode, for a number of bytes that the script gives: then the rest of them is lines again.
class LineReceiverConversation : public LineConversationOf<LineReceiver> {
 public:
  using LineConversationOf::LineConversationOf;

 private:
  std::size_t patience() const override {
    const std::size_t ofDelimiter = LineConversation::delimiter().size() - 1;
    return limit() + std::min(ofDelimiter, SIZE_MAX - limit());
  }

  void requireAllDelivered() const override {
    if (!raw_) return LineConversation::requireAllDelivered();
    require(undelivered().empty(), "all bytes come in raw mode");
  }

  void lineReceived(std::string_view line) override {
    require(!raw_, "no line comes in raw mode");
    messageReceived(line);
  }

  void rawDataReceived(std::string_view bytes) override {
    enter();
    require(raw_ && !bytes.empty() && undelivered().starts_with(bytes), "the next raw bytes come");
    moveOn(bytes.size());
    rawSeen_ += bytes.size();
    if (bytes.size() < rawLeft_) {
      rawLeft_ -= bytes.size();
    } else {
      endRawMode(bytes.substr(std::exchange(rawLeft_, 0)));
    }
    makeMovesInside();
  }

  bool makeOwnMove(char letter) override {
    if (letter == 'w') return beginRawMode(script().number());
    if (letter == 'n') return setLineModeWithCopy(script().number());
    return LineConversation::makeOwnMove(letter);
  }

  bool beginRawMode(std::size_t bytes) {
    if (!raw_) rawSeen_ = 0;
    raw_ = true;
    rawLeft_ = bytes;
    setRawMode();
    return true;
  }

  void endRawMode(std::string_view extra) {
    takeBack(extra.size());
    raw_ = false;
    setLineMode(extra);
  }

  /// Delivers the bytes that it takes back, and those that wait.
  bool setLineModeWithCopy(std::size_t bytes) {
    const std::string extra = takeBack(raw_ ? std::min(bytes, rawSeen_) : 0);
    raw_ = false;
    if (!inside() && waiting()) {
      callThatDelivers([&] { setLineMode(extra); });
    } else {
      setLineMode(extra);
      if (!extra.empty()) allWaitsAgain();
    }
    return true;
  }

  bool raw_ = false;
  std::size_t rawLeft_ = 0;  // bytes until lines come again
  std::size_t rawSeen_ = 0;  // bytes that came since raw mode began
};

template <class Conversation>
void playAll(std::size_t limit, std::string_view input) {
  constexpr std::size_t kLongest = 32;
  std::string_view delimiter = takeField(input).substr(0, kLongest);
  if (delimiter.empty()) delimiter = "\r\n";
  const std::string_view script = takeField(input);
  playEachWay<Conversation>(script, input, limit, delimiter);
}

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet::fuzz;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::string_view kind = takeField(input);
  if (kind.starts_with("only ")) {
    playAll<LineOnlyConversation>(numberOr(16384, kind.substr(5)), input);
  } else {
    playAll<LineReceiverConversation>(numberOr(16384, kind), input);
  }
  return 0;
}
