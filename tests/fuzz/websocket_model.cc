// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "websocket_model.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <couplet/protocols/websocket/detail/message_inflater.h>

namespace couplet::fuzz {

namespace {

using detail::Inflated;

// How reading stops.
struct Incomplete {};
struct Over {};
struct Refused {
  int code;
};

void refuseUnless(bool good, int code = 1002) {
  if (!good) throw Refused{code};
}

/// UTF-8: RFC 3629, 3. What is not whole is good if any bytes make a character of it.
class TextModel {
 public:
  bool complete() const { return pending_.empty(); }

  bool take(char byte) {
    pending_ += byte;
    const auto first = static_cast<unsigned char>(pending_[0]);
    const std::size_t size = first < 0x80   ? 1
                             : first < 0xc0 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                                            : 4;
    if (size == 0 || first >= 0xf8 || !continues()) return false;
    if (!isAny(pointWith('\x80', size), pointWith('\xbf', size), size)) return false;
    if (pending_.size() == size) pending_.clear();
    return true;
  }

 private:
  bool continues() const {
    return std::all_of(pending_.begin() + 1, pending_.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; });
  }

  std::uint32_t pointWith(char filler, std::size_t size) const {
    std::string whole = pending_;
    whole.resize(size, filler);
    const auto first = static_cast<unsigned char>(whole[0]);
    std::uint32_t point = size == 1 ? first : first & (0x7fU >> size);
    for (const char c : whole.substr(1)) point = point << 6 | (c & 0x3f);
    return point;
  }

  static bool isAny(std::uint32_t least, std::uint32_t most, std::size_t size) {
    constexpr std::uint32_t kShortest[] = {0, 0, 0x80, 0x800, 0x10000};
    least = std::max(least, kShortest[size]);
    most = std::min<std::uint32_t>(most, 0x10ffff);
    const bool onlySurrogates = least >= 0xd800 && most <= 0xdfff;
    return least <= most && !onlySurrogates;
  }

  std::string pending_;
};

struct MessageModel {
  bool isText = false;
  bool compressed = false;
  std::string content;
  TextModel text;
};

class FramesModel {
 public:
  FramesModel(std::string_view wire, const WebSocketSettings& settings)
      : wire_(wire), settings_(settings) {}

  FramesHeard run() {
    try {
      for (;;) frame();
    } catch (Incomplete) {
      heard_.push_back(atFrame_ && !message_ ? kIdle : kUnfinished);
    } catch (Refused refused) {
      heard_.push_back("refused " + std::to_string(refused.code));
    } catch (Over) {
    }
    return std::move(heard_);
  }

 private:
  unsigned byte() {
    if (wire_.empty()) throw Incomplete{};
    atFrame_ = false;
    const auto value = static_cast<unsigned char>(wire_.front());
    wire_.remove_prefix(1);
    return value;
  }

  void frame();
  void beginFrame(unsigned first);
  std::uint64_t length(unsigned seven);
  void judgeLength(std::uint64_t length);
  void control(unsigned opcode, std::uint64_t length);
  void close(const std::string& payload, bool whole);
  void data(std::uint64_t length, bool last);
  void inflated(Inflated result, std::size_t before);

  /// Of a payload, in which `at` others were before.
  char unmasked(std::uint64_t at) { return static_cast<char>(byte() ^ mask_[at % 4]); }

  std::string_view wire_;
  const WebSocketSettings& settings_;
  detail::MessageInflater inflater_{15, true};
  FramesHeard heard_;
  bool atFrame_ = true;
  unsigned mask_[4] = {};
  std::optional<MessageModel> message_;
};

void FramesModel::frame() {
  atFrame_ = true;
  const unsigned first = byte();
  beginFrame(first);
  const unsigned second = byte();
  const bool isServer = settings_.side == WebSocketSide::kServer;
  refuseUnless(isServer == (second >= 0x80));
  const unsigned opcode = first & 15, seven = second & 127;
  refuseUnless(opcode < 8 || seven < 126);
  refuseUnless(opcode != 8 || seven != 1);
  const std::uint64_t size = opcode < 8 ? length(seven) : seven;
  for (unsigned& key : mask_) key = isServer ? byte() : 0;
  if (opcode < 8) {
    data(size, first >= 0x80);
  } else {
    control(opcode, size);
  }
}

void FramesModel::beginFrame(unsigned first) {
  const bool last = first >= 0x80, compressed = (first & 0x40) != 0;
  const unsigned opcode = first & 15;
  refuseUnless((first & 0x30) == 0);
  refuseUnless(opcode <= 2 || (opcode >= 8 && opcode <= 10));
  refuseUnless(!compressed || (settings_.inflates && (opcode == 1 || opcode == 2)));
  if (opcode >= 8) return refuseUnless(last);
  refuseUnless((opcode == 0) == message_.has_value());
  if (opcode > 0) message_ = MessageModel{opcode == 1, compressed, {}, {}};
}

/// Refuses as soon as no bytes that may follow make a good length of it.
std::uint64_t FramesModel::length(unsigned seven) {
  if (seven < 126) {
    judgeLength(seven);
    return seven;
  }
  const int wide = seven == 126 ? 2 : 8;
  const std::uint64_t shortest = seven == 126 ? 126 : 65536;
  std::uint64_t least = 0, most = 0;
  for (int i = wide; i-- > 0;) {
    least = least << 8 | byte();
    const std::uint64_t rest = (std::uint64_t{1} << 8 * i) - 1;
    most = least << 8 * i | rest;
    refuseUnless(most >= shortest && (least << 8 * i) >> 63 == 0);
    judgeLength(least << 8 * i);
  }
  return least;
}

void FramesModel::judgeLength(std::uint64_t length) {
  refuseUnless(length <= settings_.limits.frame, 1009);
  if (message_->compressed) return;
  refuseUnless(message_->content.size() + length <= settings_.limits.message, 1009);
}

void FramesModel::control(unsigned opcode, std::uint64_t length) {
  std::string payload;
  while (payload.size() < length) {
    payload += unmasked(payload.size());
    if (opcode == 8) close(payload, false);
  }
  if (opcode == 8) return close(payload, true);
  heard_.push_back((opcode == 9 ? "ping " : "pong ") + payload);
}

void FramesModel::close(const std::string& payload, bool whole) {
  int code = 1005;
  TextModel text;
  if (payload.size() >= 2) {
    const auto byteAt = [&](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
    code = byteAt(0) * 256 + byteAt(1);
    const bool registered = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
    refuseUnless(registered || (code >= 3000 && code < 5000));
    for (const char c : payload.substr(2)) refuseUnless(text.take(c), 1007);
  }
  if (!whole) return;
  refuseUnless(text.complete(), 1007);
  heard_.push_back("close " + std::to_string(code) + ' ' +
                   (payload.size() > 2 ? payload.substr(2) : ""));
  throw Over{};
}

void FramesModel::data(std::uint64_t length, bool last) {
  for (std::uint64_t at = 0; at < length; ++at) {
    const char c = unmasked(at);
    const std::size_t before = message_->content.size();
    if (message_->compressed) {
      inflated(inflater_.inflate({&c, 1}, message_->content, settings_.limits.message), before);
    } else {
      message_->content += c;
      refuseUnless(!message_->isText || message_->text.take(c), 1007);
    }
  }
  if (!last) return;
  if (message_->compressed) {
    const std::size_t before = message_->content.size();
    inflated(inflater_.finish(message_->content, settings_.limits.message), before);
  }
  refuseUnless(!message_->isText || message_->text.complete(), 1007);
  heard_.push_back((message_->isText ? "text " : "binary ") + message_->content);
  message_.reset();
}

void FramesModel::inflated(Inflated result, std::size_t before) {
  for (const char c : message_->content.substr(before)) {
    refuseUnless(!message_->isText || message_->text.take(c), 1007);
  }
  refuseUnless(result != Inflated::kTooLong, 1009);
  refuseUnless(result != Inflated::kBroken, 1007);
}

}  // namespace

FramesHeard modelFrames(std::string_view wire, const WebSocketSettings& settings) {
  return FramesModel(wire, settings).run();
}

}  // namespace couplet::fuzz
