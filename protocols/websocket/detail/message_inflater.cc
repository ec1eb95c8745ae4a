// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/message_inflater.h>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <couplet/protocols/websocket/detail/spares.h>
#include <couplet/protocols/websocket/detail/zlib_memory.h>

namespace couplet::detail {

namespace {

constexpr std::size_t kStep = 16384;                  // bytes that are inflated at once
constexpr std::size_t kMostInput = 1 << 30;           // bytes; zlib counts them by 32 bits
constexpr std::size_t kLargestWindow = 1 << 15;       // bytes
constexpr std::string_view kTail("\0\0\xff\xff", 4);  // what a message is sent without: 7.2.1

/// Of z_stream::data_type: how many bits of the last byte are left, and whether a block has just
/// ended.
constexpr int kBitsLeft = 63;
constexpr int kBlockEnded = 128;

/// Appends what fits, and takes no more memory than twice what is there, or the limit.
void append(std::string& out, std::string_view made, std::size_t limit) {
  const std::size_t size = out.size() + made.size();
  if (size > out.capacity()) {
    std::string longer;
    longer.reserve(std::min(limit, std::max(size, 2 * out.capacity())));
    longer.append(out);
    out.swap(longer);
  }
  out.append(made);
}

}  // namespace

/// Its window is of 32 KiB whatever was agreed, so that each may serve any connection, and the same
/// is taken wherever a message is cut.
struct MessageInflater::State {
  using Spares = detail::Spares<State, 8>;

  State() {
    stream.zalloc = takeForZlib;
    stream.zfree = giveFromZlib;
    if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ::inflateEnd(&stream); }

  Inflated inflate(std::string_view piece, std::string& out, std::size_t limit);
  bool makeStep(std::string& out, std::size_t limit, Inflated& result);
  bool mayEnd() const noexcept {
    return streamEnded || (stream.data_type & (kBlockEnded | kBitsLeft)) == kBlockEnded;
  }
  void reset() noexcept {
    ::inflateReset(&stream);
    inMessage = streamEnded = false;
  }

  z_stream stream{};
  bool inMessage = false;    // some of it came
  bool streamEnded = false;  // with the last byte that came: 7.2.3.4
};

Inflated MessageInflater::State::inflate(std::string_view piece, std::string& out,
                                         std::size_t limit) {
  Inflated result = Inflated::kTaken;
  while (!piece.empty()) {
    const std::string_view now = piece.substr(0, kMostInput);
    piece.remove_prefix(now.size());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(now.data()));
    stream.avail_in = static_cast<uInt>(now.size());
    inMessage = true;
    while (makeStep(out, limit, result)) {
    }
    if (result != Inflated::kTaken) break;
  }
  return result;
}

/// Inflates up to kStep bytes; one more than there is room for shows that the message is too long.
/// True while there is more to do.
bool MessageInflater::State::makeStep(std::string& out, std::size_t limit, Inflated& result) {
  std::array<char, kStep> made;
  const std::size_t room = limit - std::min(limit, out.size());
  const auto wanted = static_cast<uInt>(room < kStep ? room + 1 : kStep);
  stream.next_out = reinterpret_cast<Bytef*>(made.data());
  stream.avail_out = wanted;
  streamEnded &= stream.avail_in == 0;
  const int code = ::inflate(&stream, Z_SYNC_FLUSH);
  if (code == Z_MEM_ERROR) throw std::bad_alloc();
  const std::size_t size = wanted - stream.avail_out;
  if (size > room) {
    append(out, {made.data(), room}, limit);
    result = Inflated::kTooLong;
    return false;
  }
  append(out, {made.data(), size}, limit);
  if (code == Z_STREAM_END) {
    ::inflateReset(&stream);
    streamEnded = true;
    return stream.avail_in > 0;
  }
  if (code != Z_OK && code != Z_BUF_ERROR) result = Inflated::kBroken;
  return code == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0);
}

MessageInflater::MessageInflater(int windowBits, bool keepsContext) noexcept
    : windowBits_(windowBits), keepsContext_(keepsContext) {}

MessageInflater::~MessageInflater() { State::Spares::give(std::move(state_)); }

Inflated MessageInflater::inflate(std::string_view piece, std::string& out, std::size_t limit) {
  if (piece.empty()) return Inflated::kTaken;
  if (!state_) takeState();
  return state_->inflate(piece, out, limit);
}

/// A message of no byte at all is empty, too: zlib flushes to nothing where nothing came since the
/// last flush, and who takes what it gives sends that.
Inflated MessageInflater::finish(std::string& out, std::size_t limit) {
  if (!state_ || !state_->inMessage) return Inflated::kTaken;
  if (!state_->streamEnded) {
    const Inflated result = state_->inflate(kTail, out, limit);
    if (result != Inflated::kTaken) return result;
  }
  if (!state_->mayEnd()) return Inflated::kBroken;
  state_->inMessage = false;
  if (!keepsContext_) State::Spares::give(std::move(state_));
  return Inflated::kTaken;
}

void MessageInflater::takeState() {
  std::unique_ptr<State> state = State::Spares::take([](const State&) { return true; });
  if (!state) state = std::make_unique<State>();
  state->reset();
  if (!window_.empty()) {
    const auto* const window = reinterpret_cast<const Bytef*>(window_.data());
    const auto size = static_cast<uInt>(window_.size());
    if (::inflateSetDictionary(&state->stream, window, size) != Z_OK) throw std::bad_alloc();
    std::string().swap(window_);
  }
  state_ = std::move(state);
}

void MessageInflater::rest() {
  if (!state_) return;
  std::array<char, kLargestWindow> window;
  uInt size = 0;
  ::inflateGetDictionary(&state_->stream, reinterpret_cast<Bytef*>(window.data()), &size);
  const std::size_t kept = std::min<std::size_t>(size, std::size_t{1} << windowBits_);
  window_.assign(window.data() + size - kept, kept);
  State::Spares::give(std::move(state_));
}

}  // namespace couplet::detail
