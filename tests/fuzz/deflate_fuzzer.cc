// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Both directions of permessage-deflate: README.md has the form of an input. What is inflated is
// the same however it is cut, never longer than the limit, and what plain zlib makes of it; what is
// deflated comes back, and refers to nothing outside of its window.
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/websocket/detail/message_deflater.h>
#include <couplet/protocols/websocket/detail/message_inflater.h>

#include "require.h"
#include "script.h"

namespace {

using couplet::detail::Inflated;
using couplet::detail::MessageDeflater;
using couplet::detail::MessageInflater;
using couplet::fuzz::numberOr;
using couplet::fuzz::require;
using couplet::fuzz::Script;
using couplet::fuzz::takeField;

struct Settings {
  int windowBits = 15;
  bool keepsContext = false;
  bool rests = false;
  int level = 6;
  std::size_t limit = 100000;
};

/// `wN`, `k`, `r`, `vN`, and `lNNN` at the end.
Settings readSettings(std::string_view text) {
  Settings settings;
  for (Script script(text.substr(0, text.find('l'))); !script.ended();) {
    switch (script.next()) {
      case 'w':
        settings.windowBits = 8 + static_cast<int>(script.number() % 8);
        break;
      case 'v':
        settings.level = static_cast<int>(script.number() % 10);
        break;
      case 'k':
        settings.keepsContext = true;
        break;
      case 'r':
        settings.rests = true;
    }
  }
  if (const std::size_t at = text.find('l'); at != text.npos) {
    settings.limit = std::min<std::size_t>(numberOr(settings.limit, text.substr(at + 1)), 1 << 20);
  }
  return settings;
}

using Pieces = std::vector<std::string_view>;

Pieces cutAs(std::string_view cuts, std::string_view bytes) {
  Pieces pieces;
  for (Script script(cuts); !script.ended() && !bytes.empty();) {
    const std::string_view piece = bytes.substr(0, script.number());
    pieces.push_back(piece);
    bytes.remove_prefix(piece.size());
  }
  pieces.push_back(bytes);
  return pieces;
}

Pieces cutToBytes(std::string_view bytes) {
  Pieces pieces;
  for (std::size_t at = 0; at < bytes.size(); ++at) pieces.push_back(bytes.substr(at, 1));
  return pieces;
}

struct Message {
  Inflated result = Inflated::kTaken;
  std::string text;  // where it was taken

  bool operator==(const Message&) const = default;
};

/// The next message, the pieces of which each are a copy of their own.
Message inflate(MessageInflater& inflater, const Pieces& pieces, std::size_t limit) {
  Message message;
  for (const std::string_view piece : pieces) {
    const std::vector<char> bytes(piece.begin(), piece.end());
    message.result = inflater.inflate({bytes.data(), bytes.size()}, message.text, limit);
    require(message.text.size() <= limit, "no message is longer than its limit");
    if (message.result != Inflated::kTaken) return {message.result, ""};
  }
  message.result = inflater.finish(message.text, limit);
  require(message.text.size() <= limit, "nor at its end");
  if (message.result != Inflated::kTaken) message.text.clear();
  return message;
}

/// Plain zlib, with a window of so many bits.
class PlainInflater {
 public:
  explicit PlainInflater(int windowBits) {
    require(::inflateInit2(&stream_, -windowBits) == Z_OK, "zlib has memory");
  }
  PlainInflater(const PlainInflater&) = delete;
  PlainInflater& operator=(const PlainInflater&) = delete;
  ~PlainInflater() { ::inflateEnd(&stream_); }

  /// At most so many bytes of the payload, made `step` at a time; nothing where zlib refuses it, or
  /// it has a final block.
  std::optional<std::string> inflate(std::string payload, std::size_t most, uInt step) {
    payload.append("\0\0\xff\xff", 4);
    stream_.next_in = reinterpret_cast<Bytef*>(payload.data());
    stream_.avail_in = static_cast<uInt>(payload.size());
    std::string made(step, '\0');
    std::string out;
    while (out.size() <= most) {
      stream_.next_out = reinterpret_cast<Bytef*>(made.data());
      stream_.avail_out = step;
      const int code = ::inflate(&stream_, Z_SYNC_FLUSH);
      out.append(made, 0, step - stream_.avail_out);
      if (code == Z_BUF_ERROR || (code == Z_OK && stream_.avail_out > 0)) return out;
      if (code != Z_OK) return std::nullopt;
    }
    return out;
  }

 private:
  z_stream stream_{};
};

void checkInflating(const Settings& settings, std::string_view cuts, std::string_view payload) {
  MessageInflater whole(15, settings.keepsContext);
  MessageInflater cut(15, settings.keepsContext);
  MessageInflater bytes(15, settings.keepsContext);
  PlainInflater plain(15);
  bool comparable = true;
  for (int count = 0; count < 3; ++count) {
    const Message message = inflate(whole, {payload}, settings.limit);
    require(message == inflate(cut, cutAs(cuts, payload), settings.limit),
            "cuts make nothing else");
    require(message == inflate(bytes, cutToBytes(payload), settings.limit), "nor do single bytes");
    if (comparable && !payload.empty()) {
      const auto expected = plain.inflate(std::string(payload), settings.limit, 1024);
      comparable = expected && settings.keepsContext;
      const bool tooLong = expected && expected->size() > settings.limit;
      if (tooLong) require(message.result == Inflated::kTooLong, "what is too long is refused");
      if (expected && message.result == Inflated::kTaken) {
        require(message.text == *expected, "zlib makes the same of it");
      }
    }
    if (message.result != Inflated::kTaken) return;
    if (settings.rests) cut.rest();
  }
}

void checkDeflating(const Settings& settings, std::string_view cuts, std::string_view text) {
  MessageDeflater deflater(settings.windowBits, settings.keepsContext, settings.level, 8);
  MessageInflater inflater(settings.windowBits, settings.keepsContext);
  PlainInflater strict(settings.windowBits);
  for (const Pieces& pieces : {cutAs(cuts, text), Pieces{text}, Pieces{""}, cutToBytes(text)}) {
    std::string payload;
    std::string all;
    for (const std::string_view piece : pieces) {
      deflater.deflate(piece, false, payload);
      all.append(piece);
    }
    deflater.deflate("", true, payload);
    require(!payload.empty(), "no payload is empty");
    require(strict.inflate(payload, all.size(), 1) == all, "it keeps to its window");
    require(inflate(inflater, cutAs(cuts, payload), all.size()) == Message{Inflated::kTaken, all},
            "what was deflated comes back");
    if (settings.rests) deflater.rest();
    if (settings.rests) inflater.rest();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const Settings settings = readSettings(takeField(input));
  const std::string_view cuts = takeField(input);
  checkInflating(settings, cuts, input);
  checkDeflating(settings, cuts, input);
  return 0;
}
