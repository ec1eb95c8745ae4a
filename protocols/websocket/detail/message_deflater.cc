// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/message_deflater.h>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/websocket/detail/spares.h>
#include <couplet/protocols/websocket/detail/zlib_memory.h>

namespace couplet::detail {

namespace {

constexpr std::size_t kStep = 16384;         // bytes that are made at once
constexpr std::size_t kMostInput = 1 << 30;  // bytes; zlib counts them by 32 bits
constexpr std::size_t kTail = 4;             // 00 00 ff ff, which is not sent: 7.2.1

/// What zlib is set up with.
struct Shape {
  int windowBits;
  int level;
  int memoryLevel;

  friend bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace

struct MessageDeflater::State {
  using Spares = detail::Spares<State, 2>;

  explicit State(const Shape& itsShape);
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ::deflateEnd(&stream); }

  void deflate(std::string_view piece, int flush, std::string& out);
  void makeAll(int flush, std::string& out);

  z_stream stream{};
  const Shape shape;
  bool inMessage = false;  // some of it came
};

/// A stream of 8 bits is one of 9 that refers to nothing: RFC 1951 has no window then to keep to.
MessageDeflater::State::State(const Shape& itsShape) : shape(itsShape) {
  stream.zalloc = takeForZlib;
  stream.zfree = giveFromZlib;
  const int strategy = shape.windowBits == 8 ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY;
  const int code = ::deflateInit2(&stream, shape.level, Z_DEFLATED, -std::max(shape.windowBits, 9),
                                  shape.memoryLevel, strategy);
  if (code == Z_MEM_ERROR) throw std::bad_alloc();
  if (code != Z_OK) throw std::invalid_argument("zlib has no such level or memory level");
}

void MessageDeflater::State::deflate(std::string_view piece, int flush, std::string& out) {
  do {
    const std::string_view now = piece.substr(0, kMostInput);
    piece.remove_prefix(now.size());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(now.data()));
    stream.avail_in = static_cast<uInt>(now.size());
    makeAll(piece.empty() ? flush : Z_NO_FLUSH, out);
  } while (!piece.empty());
}

void MessageDeflater::State::makeAll(int flush, std::string& out) {
  std::array<char, kStep> made;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(made.data());
    stream.avail_out = static_cast<uInt>(made.size());
    ::deflate(&stream, flush);
    out.append(made.data(), made.size() - stream.avail_out);
  } while (stream.avail_out == 0);
}

MessageDeflater::MessageDeflater(int windowBits, bool keepsContext, int level,
                                 int memoryLevel) noexcept
    : windowBits_(windowBits),
      keepsContext_(keepsContext),
      level_(level),
      memoryLevel_(memoryLevel) {}

MessageDeflater::~MessageDeflater() { rest(); }

void MessageDeflater::deflate(std::string_view piece, bool last, std::string& out) {
  const bool inMessage = state_ && state_->inMessage;
  if (piece.empty() && !inMessage) {
    if (last) out += '\0';  // RFC 7692, 7.2.3.6
    return;
  }
  if (!state_) takeState();
  state_->deflate(piece, last ? Z_SYNC_FLUSH : Z_NO_FLUSH, out);
  state_->inMessage = !last;
  if (!last) return;
  out.resize(out.size() - kTail);
  if (!keepsContext_) rest();
}

void MessageDeflater::takeState() {
  const Shape shape{windowBits_, level_, memoryLevel_};
  state_ = State::Spares::take([&](const State& spare) { return spare.shape == shape; });
  if (!state_) {
    state_ = std::make_unique<State>(shape);
    return;
  }
  ::deflateReset(&state_->stream);
  state_->inMessage = false;
}

void MessageDeflater::rest() noexcept { State::Spares::give(std::move(state_)); }

}  // namespace couplet::detail
