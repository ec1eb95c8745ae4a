// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "tests/protocols/websocket/autobahn/plain_zlib.h"

#include <array>
#include <stdexcept>
#include <vector>

namespace couplet::autobahn {

namespace {

constexpr std::string_view kTail("\x00\x00\xff\xff", 4);  // is not sent: RFC 7692, 7.2.1
constexpr std::size_t kMostStep = 16 * 1024;

void require(bool right, const std::string& what) {
  if (!right) throw std::runtime_error(what);
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = list.find("; ");
    parts.emplace_back(list.substr(0, end));
    if (end == list.npos) return parts;
    list.remove_prefix(end + 2);
  }
}

/// From 8 to 15, without leading zeros.
int bitsIn(const std::string& parameter) {
  const std::string text = parameter.substr(parameter.find('=') + 1);
  const int bits = std::stoi(text);
  require(bits >= 8 && bits <= kMostBits && std::to_string(bits) == text, "bits: " + parameter);
  return bits;
}

Bytef* bytesOf(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

Agreed readAgreement(std::string_view extensions) {
  const std::vector<std::string> parts = split(extensions);
  require(parts[0] == "permessage-deflate", "no deflate: " + parts[0]);
  Agreed agreed;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i] == "server_no_context_takeover") {
      agreed.serverNoContext = true;
    } else if (parts[i] == "client_no_context_takeover") {
      agreed.clientNoContext = true;
    } else if (parts[i].starts_with("server_max_window_bits=")) {
      agreed.serverBits = bitsIn(parts[i]);
    } else if (parts[i].starts_with("client_max_window_bits=")) {
      agreed.clientBits = bitsIn(parts[i]);
    } else {
      require(false, "no such parameter: " + parts[i]);
    }
  }
  return agreed;
}

PlainDeflater::PlainDeflater(int windowBits, bool noContext) : noContext_(noContext) {
  require(::deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, -windowBits, 8, Z_DEFAULT_STRATEGY) ==
              Z_OK,
          "deflateInit2");
}

std::string PlainDeflater::deflate(std::string_view message) {
  std::string out(::deflateBound(&stream_, message.size()) + 16, '\0');
  stream_.next_in = bytesOf(message);
  stream_.avail_in = static_cast<uInt>(message.size());
  stream_.next_out = bytesOf(out);
  stream_.avail_out = static_cast<uInt>(out.size());
  require(::deflate(&stream_, Z_SYNC_FLUSH) == Z_OK && stream_.avail_out > 0, "deflate");
  out.resize(out.size() - stream_.avail_out - kTail.size());
  if (noContext_) ::deflateReset(&stream_);
  return out;
}

/// zlib knows its window and, beside that, what it has made in the same call. No distance is longer
/// than the largest window.
PlainInflater::PlainInflater(int windowBits, bool noContext)
    : noContext_(noContext), step_(windowBits < kMostBits ? 1 : kMostStep) {
  require(::inflateInit2(&stream_, -windowBits) == Z_OK, "inflateInit2");
}

std::string PlainInflater::inflate(std::string_view payload) {
  const std::string all = std::string(payload).append(kTail);
  stream_.next_in = bytesOf(all);
  stream_.avail_in = static_cast<uInt>(all.size());
  std::string message;
  std::array<char, kMostStep> made;
  do {
    stream_.next_out = reinterpret_cast<Bytef*>(made.data());
    stream_.avail_out = static_cast<uInt>(step_);
    const int code = ::inflate(&stream_, Z_SYNC_FLUSH);
    require(code == Z_OK || code == Z_BUF_ERROR, stream_.msg ? stream_.msg : "inflate");
    message.append(made.data(), step_ - stream_.avail_out);
  } while (stream_.avail_out == 0);
  require(stream_.avail_in == 0, "there is more than one message");
  if (noContext_) ::inflateReset(&stream_);
  return message;
}

}  // namespace couplet::autobahn
