// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Stream: what is asked of it from outside and from inside the callbacks of reads and writes,
// beside a model that looks at all that is unread each time. The input is `script|bytes of the
// peer`.
#include <couplet/protocols/stream.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/deferred/errors.h>
#include <couplet/reactor/producer.h>
#include <couplet/reactor/testing/string_transport.h>

#include "heap.h"
#include "require.h"
#include "script.h"

namespace couplet::fuzz {
namespace {

using Cause = bool (*)(const Failure&);
template <class E>
bool is(const Failure& reason) {
  return reason.check<E>();
}

/// What a read asks for.
struct Wish {
  enum Kind { kSome, kExactly, kTryExactly, kUntil, kTryUntil };
  Kind kind;
  std::size_t count = 0;  // of kUntil: the limit
  std::string_view delimiter = {};
};

/// What it gets: bytes, nothing at the end of input, or a failure.
struct Answer {
  std::optional<std::string> bytes = {};
  std::size_t taken = 0;
  Cause cause = nullptr;
};

class StreamConversation {
 public:
  StreamConversation(std::string_view script, std::string_view wire)
      : script_(script), wire_(wire), protocol_(std::make_unique<ProtocolOfStream>(*this)) {
    given_.reserve(wire.size() + kMostFilling);
    writesEnd_.reserve(script.size());  // what is asked of the heap is what the Stream keeps
  }

  void play() {
    heapBefore_ = heapInUse();
    transport_.connect(*protocol_);
    while (!script_.ended()) {
      makeMoveOutside(script_.next());
      requireBounded();
    }
    finish();
  }

 private:
  static constexpr std::size_t kFilling = 6000;
  static constexpr std::size_t kMostFilling = 60'000;
  static constexpr std::size_t kHighMark = 65'536;

  class ProtocolOfStream : public StreamProtocol {
   public:
    explicit ProtocolOfStream(StreamConversation& owner)
        : StreamProtocol([&owner](Stream stream) { owner.stream_ = std::move(stream); }),
          owner_(owner) {}
    void connectionLost(const Failure& reason) override {
      require(owner_.closing_ && owner_.closing_(reason), "connectionLost gets the cause");
      owner_.lost_ = owner_.closing_;
      owner_.whileWritesEndIn(owner_.lost_, [&] { StreamProtocol::connectionLost(reason); });
    }

   private:
    StreamConversation& owner_;
  };

  // The model.

  std::string_view unread() const { return std::string_view(given_).substr(taken_); }
  bool heldBack() const {
    return lost_ == nullptr && transport_.throttled() && !transport_.disconnecting();
  }

  /// Nothing while the read has to wait.
  std::optional<Answer> answerTo(const Wish& wish) const {
    const std::string_view bytes = unread();
    const bool mayEnd = wish.kind != Wish::kExactly && wish.kind != Wish::kUntil;
    if (mayEnd && bytes.empty() && endedCleanly()) return Answer{};
    if (wish.kind == Wish::kSome) return bytes.empty() ? atTheEnd() : taking(wish.count);
    if (wish.kind == Wish::kExactly || wish.kind == Wish::kTryExactly) {
      return bytes.size() < wish.count ? atTheEnd() : taking(wish.count);
    }
    const std::size_t at = bytes.find(wish.delimiter);
    if (at <= wish.count) return taking(at, wish.delimiter.size());
    const bool tooMany = bytes.size() >= wish.count + wish.delimiter.size();
    return tooMany ? Answer{.cause = is<ReadLimitError>} : atTheEnd();
  }

  Answer taking(std::size_t count, std::size_t more = 0) const {
    const std::string_view bytes = unread().substr(0, count);
    return {.bytes = std::string(bytes), .taken = bytes.size() + more};
  }

  bool endedCleanly() const { return inputEnded_ || lost_ == Cause(is<ConnectionDone>); }

  std::optional<Answer> atTheEnd() const {
    if (endedCleanly()) return Answer{.cause = is<IncompleteReadError>};
    if (lost_ != nullptr) return Answer{.cause = lost_};
    return std::nullopt;
  }

  // Reading.

  void ask(const Wish& wish) {
    if (!stream_) return;
    if (wish_) return requireBusy();
    wish_ = wish;
    switch (wish.kind) {
      case Wish::kSome:
        return await(stream_.read(wish.count));
      case Wish::kExactly:
        return await(stream_.readExactly(wish.count));
      case Wish::kTryExactly:
        return await(stream_.tryReadExactly(wish.count));
      case Wish::kUntil:
        return await(stream_.readUntil(wish.delimiter, wish.count));
      case Wish::kTryUntil:
        return await(stream_.tryReadUntil(wish.delimiter, wish.count));
    }
  }

  template <class T>
  void await(Deferred<T> read) {
    cancel_ = read.cancelHandle();
    const std::size_t number = ++reads_;
    std::move(read).addBoth([this](Result<T> result) {
      const auto failure = result ? std::nullopt : std::optional(result.failure());
      heard(result ? std::optional<std::string>(std::move(result).value()) : std::nullopt, failure);
    });
    if (!wish_ || number != reads_ || heldBack()) return;
    require(!answerTo(*wish_), "a read that can be answered is");
  }

  void requireBusy() {
    bool refused = false;
    try {
      (void)stream_.read();
    } catch (const std::logic_error&) {
      refused = true;
    }
    require(refused, "one read waits at a time");
  }

  void heard(const std::optional<std::string>& bytes, const std::optional<Failure>& failure) {
    require(wish_.has_value(), "a read is answered once");
    const Wish wish = *std::exchange(wish_, std::nullopt);
    const Cause givenUp = std::exchange(givenUp_, nullptr);
    const auto expected = givenUp ? Answer{.cause = givenUp} : answerTo(wish);
    require(expected.has_value(), "a read waits for what it asked for");
    require(givenUp || !heldBack(), "no read is answered while too much is unsent");
    require(bytes == expected->bytes, "a read gets the next bytes");
    require(failure.has_value() == (expected->cause != nullptr), "a read fails when it must");
    require(!failure || expected->cause(*failure), "a read that fails says why");
    taken_ += expected->taken;
    makeMovesInside();
  }

  void cancelRead() {
    if (!wish_ || !stream_) return;
    givenUp_ = is<CancelledError>;
    CancelHandle(cancel_).cancel();
    require(givenUp_ == nullptr || !stream_, "a read that is cancelled hears it");
  }

  // Writing.

  void write(std::size_t size) {
    if (!stream_) return;
    const bool over = lost_ != nullptr || outputEnded_;
    const bool room = transport_.connected() && transport_.unsent() <= kHighMark;
    std::optional<Cause> end;
    if (over) end = lost_ ? lost_ : is<ConnectionDone>;
    if (!over && room) end = nullptr;
    const std::size_t waiting = ++writesWaiting_;
    whileWritesEndIn(end, [&] {
      stream_.write(std::string(size, 'w')).addBoth([this](const Result<void>& result) {
        heardSent(result);
      });
    });
    require(end || writesWaiting_ == waiting, "a write waits while much is unsent");
    transport_.clear();
  }

  template <class Call>
  void whileWritesEndIn(std::optional<Cause> end, Call call) {
    writesEnd_.push_back(end);
    call();
    writesEnd_.pop_back();
  }

  void heardSent(const Result<void>& result) {
    require(mayEnd(result), "a write is answered when it is sent, or fails and says why");
    transport_.clear();
    --writesWaiting_;
    ++writesAnswered_;
    makeMovesInside();
  }

  /// When the Stream goes, some writes may just be told how they ended, and the others are
  /// abandoned.
  bool mayEnd(const Result<void>& result) const {
    if (stream_) return !writesEnd_.empty() && endsAs(result, writesEnd_.back());
    const auto fits = [&](const auto& end) { return endsAs(result, end); };
    return endsAs(result, is<AbandonedError>) ||
           std::any_of(writesEnd_.begin(), writesEnd_.end(), fits);
  }

  static bool endsAs(const Result<void>& result, const std::optional<Cause>& end) {
    if (!end) return false;
    return *end == nullptr ? result.hasValue() : !result && (*end)(result.failure());
  }

  void allIsSent() {
    transport_.setUnsent(0);
    if (transport_.producer() == nullptr || !transport_.connected()) return;
    const std::size_t due = writesAnswered_ + writesWaiting_;
    whileWritesEndIn(nullptr, [&] { transport_.producer()->resumeProducing(); });
    require(writesAnswered_ >= due, "writes are answered when all is sent");
  }

  // The moves.

  void makeMovesInside() {
    while (!script_.ended() && makeMove(script_.next())) {
    }
  }

  bool makeMove(char letter) {
    switch (letter) {
      case 'r':
        ask({.kind = Wish::kSome, .count = SIZE_MAX});
        return true;
      case 'R':
        ask({.kind = Wish::kSome, .count = 1 + script_.number()});
        return true;
      case 'x':
        ask({.kind = Wish::kExactly, .count = script_.number()});
        return true;
      case 'X':
        ask({.kind = Wish::kExactly, .count = 300 * script_.number()});
        return true;
      case 'u':
        askUntil(Wish::kUntil, script_.number());
        return true;
      case 'y':
        ask({.kind = Wish::kTryExactly, .count = script_.number()});
        return true;
      case 'v':
        askUntil(Wish::kTryUntil, script_.number());
        return true;
      case 'k':
        cancelRead();
        return true;
      default:
        return makeSendingMove(letter) || makeClosingMove(letter);
    }
  }

  bool makeSendingMove(char letter) {
    switch (letter) {
      case 'w':
        write(10 * script_.number());
        return true;
      case 'W':
        transport_.setUnsent(kHighMark + 1);
        return true;
      case 'h':
        transport_.setThrottled(true);
        return true;
      case 'H':
        resumptionDue_ = resumptionDue_ || transport_.throttled();
        transport_.setThrottled(false);
        return true;
      default:
        return false;
    }
  }

  bool makeClosingMove(char letter) {
    switch (letter) {
      case 'o':
        if (stream_) stream_.loseWriteConnection();
        outputEnded_ = true;
        return true;
      case 'l':
        if (stream_) loseConnection();
        if (stream_) stream_.loseConnection();
        return true;
      case 'a':
        if (stream_ && transport_.connected()) closing_ = is<ConnectionAborted>;
        if (stream_) stream_.abortConnection();
        return true;
      case 'd':
        drop();
        return true;
      default:
        return false;
    }
  }

  void askUntil(Wish::Kind kind, std::size_t choice) {
    constexpr std::string_view kDelimiters[] = {"\n", "aa", "aab", "--a--"};
    ask({.kind = kind, .count = choice / 4, .delimiter = kDelimiters[choice % 4]});
  }

  void loseConnection() {
    if (!transport_.disconnecting()) closing_ = is<ConnectionDone>;
    outputEnded_ = true;
  }

  /// Who waits hears of it, if not at once then when the callbacks that run have returned.
  void drop() {
    if (!stream_) return;
    loseConnection();
    if (wish_) givenUp_ = is<AbandonedError>;
    stream_ = Stream();
  }

  void makeMoveOutside(char letter) {
    switch (letter) {
      case 't':
        return turn();
      case 'e':
        return endInput();
      case 'P':
        return allIsSent();
      case 'b':
        return given_.size() < kMostFilling ? give(std::string(kFilling, 'b')) : void();
      case '0':
        return giveNext(SIZE_MAX);
      default:
        break;
    }
    if (letter > '0' && letter <= '9') return giveNext(static_cast<std::size_t>(letter - '0'));
    makeMove(letter);
  }

  bool deliverable() const {
    return !inputEnded_ && !transport_.disconnecting() && !transport_.paused() &&
           !transport_.throttled();
  }

  void giveNext(std::size_t size) {
    if (!deliverable()) return;
    const std::string_view piece = wire_.substr(0, size);
    wire_.remove_prefix(piece.size());
    give(piece);
  }

  /// The view is of memory that goes with the call.
  void give(std::string_view piece) {
    if (!deliverable() || piece.empty()) return;
    given_.append(piece);
    const auto bytes = std::make_unique<char[]>(piece.size());
    std::memcpy(bytes.get(), piece.data(), piece.size());
    protocol_->dataReceived({bytes.get(), piece.size()});
    requireSettled();
    if (!stream_ || wish_ || transport_.disconnecting()) return;
    require(unread().size() < Stream::kMostUnread || transport_.paused(),
            "what nobody reads pauses");
  }

  void turn() {
    if (lost_ != nullptr) return;
    resumptionDue_ = false;
    transport_.turn();
    if (lost_ != nullptr) {
      require(writesWaiting_ == 0, "all writes hear of the loss");
      protocol_.reset();
    }
    requireSettled();
  }

  void endInput() {
    if (inputEnded_ || transport_.disconnecting()) return;
    inputEnded_ = true;
    protocol_->readConnectionLost();
    requireSettled();
  }

  /// Nothing holds reads and writes back any more; all is read, and the Stream destroyed.
  void finish() {
    transport_.setThrottled(false);
    allIsSent();
    turn();
    giveNext(SIZE_MAX);
    cancelRead();
    while (stream_ && !wish_ && !unread().empty()) ask({.kind = Wish::kSome, .count = SIZE_MAX});
    cancelRead();
    giveNext(SIZE_MAX);
    endInput();
    drop();
    turn();
    require(lost_ != nullptr, "destroying a Stream closes its connection");
    require(!wish_ && writesWaiting_ == 0, "nobody waits for a connection that is gone");
  }

  void requireSettled() const {
    const bool closing = transport_.disconnecting() && lost_ == nullptr;
    if (!stream_ || closing || heldBack() || resumptionDue_) return;
    require(!wish_ || !answerTo(*wish_), "a read that can be answered is");
    if (lost_ != nullptr) return;
    const bool much = unread().size() >= Stream::kMostUnread;
    require(!transport_.paused() || (much && !wish_), "a connection is paused for a reason");
  }

  /// A buffer is given back when a read waits.
  void requireBounded() {
    const bool givenBack = !stream_ || (wish_ && unread().empty());
    most_ = givenBack ? 0 : std::max(most_, unread().size());
    const std::size_t bound = 2 * most_ + 2048 * writesWaiting_ + 16'384;
    require(heapInUse() <= heapBefore_ + bound, "a Stream keeps little more than what is unread");
  }

  testing::StringTransport transport_;
  Script script_;
  std::string_view wire_;  // what is not given yet
  std::string given_;      // what the protocol got, in order
  std::size_t taken_ = 0;  // that much of it was read
  Stream stream_;
  std::unique_ptr<ProtocolOfStream> protocol_;  // null when the connection is gone

  std::optional<Wish> wish_;  // of the read that waits
  CancelHandle cancel_;       // of it
  std::size_t reads_ = 0;     // that were asked for
  Cause givenUp_ = nullptr;   // what it hears, while it is cancelled or abandoned
  std::size_t writesWaiting_ = 0;
  std::size_t writesAnswered_ = 0;
  std::vector<std::optional<Cause>> writesEnd_;  // how writes may end in each call that runs, if
                                                 // they may; null is success

  bool resumptionDue_ = false;  // at the next turn, since the transport throttles no more
  bool inputEnded_ = false;
  bool outputEnded_ = false;
  Cause closing_ = nullptr;  // what the connection will be lost for
  Cause lost_ = nullptr;     // and was
  std::size_t heapBefore_ = 0;
  std::size_t most_ = 0;  // that was unread since the buffer was given back
};

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet::fuzz;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view script = takeField(input);
  StreamConversation(script, input).play();
  return 0;
}
