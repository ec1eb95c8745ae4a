// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/permessage_deflate.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/response.h>
#include <couplet/protocols/websocket/errors.h>

namespace couplet::detail {

namespace {

constexpr std::string_view kField = "Sec-WebSocket-Extensions";
constexpr std::string_view kName = "permessage-deflate";
constexpr std::string_view kServerNoContext = "server_no_context_takeover";
constexpr std::string_view kClientNoContext = "client_no_context_takeover";
constexpr std::string_view kServerBits = "server_max_window_bits";
constexpr std::string_view kClientBits = "client_max_window_bits";
constexpr int kLeastBits = 8;
constexpr int kMostBits = 15;

/// One parameter of an extension: `name`, `name=token` or `name="token"`.
struct Parameter {
  std::string_view name;
  std::optional<std::string> value;
};

/// Reads an element of Sec-WebSocket-Extensions from its front: RFC 6455, 9.1.
class ExtensionReader {
 public:
  explicit ExtensionReader(std::string_view element) : rest_(element), name_(takeToken()) {}

  std::string_view name() const noexcept { return name_; }

  /// The next parameter; nothing at the end, and where there is none as there should be.
  std::optional<Parameter> next() {
    if (!wellFormed_ || !take(';')) return std::nullopt;
    Parameter parameter{takeToken(), std::nullopt};
    if (wellFormed_ && take('=')) parameter.value = takeValue();
    return wellFormed_ ? std::optional(std::move(parameter)) : std::nullopt;
  }

  /// Of what was read, and once all was: of the whole.
  bool wellFormed() const noexcept { return wellFormed_ && rest_.empty(); }

 private:
  void skipBlanks() noexcept {
    while (!rest_.empty() && isBlank(rest_.front())) rest_.remove_prefix(1);
  }

  bool take(char c) noexcept {
    skipBlanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view takeToken() noexcept {
    skipBlanks();
    const auto isOther = [](char c) { return !isOf(c, ByteClass::kToken); };
    const auto end = std::find_if(rest_.begin(), rest_.end(), isOther);
    const std::string_view token(rest_.begin(), end);
    rest_.remove_prefix(token.size());
    wellFormed_ = wellFormed_ && !token.empty();
    return token;
  }

  std::string takeValue() { return take('"') ? takeQuoted() : std::string(takeToken()); }

  /// The rest of a quoted string, which must mean a token.
  std::string takeQuoted() {
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\') rest_.remove_prefix(1);
      if (rest_.empty()) break;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    wellFormed_ = take('"') && isHTTPToken(text);
    return text;
  }

  std::string_view rest_;
  bool wellFormed_ = true;
  std::string_view name_;
};

/// From 8 to 15, without leading zeros; nothing for anything else. RFC 7692, 7.1.2.1.
std::optional<int> bitsOf(std::string_view text) {
  if (text.size() == 1 && (text[0] == '8' || text[0] == '9')) return text[0] - '0';
  if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5') {
    return 10 + text[1] - '0';
  }
  return std::nullopt;
}

/// The parameters of one permessage-deflate, as they came.
struct Said {
  bool serverNoContext = false;
  bool clientNoContext = false;
  std::optional<int> serverBits;
  bool hasClientBits = false;
  std::optional<int> clientBits;  // nothing where it has no value, which only an offer may

  /// Takes a parameter. False for one that is unknown, there already, or has a wrong value or none.
  bool take(const Parameter& parameter) {
    if (parameter.name == kServerNoContext) return takeFlag(parameter, serverNoContext);
    if (parameter.name == kClientNoContext) return takeFlag(parameter, clientNoContext);
    if (parameter.name == kServerBits) return parameter.value && takeBits(parameter, serverBits);
    if (parameter.name != kClientBits || std::exchange(hasClientBits, true)) return false;
    return !parameter.value || takeBits(parameter, clientBits);
  }

 private:
  static bool takeFlag(const Parameter& parameter, bool& flag) {
    return !parameter.value && !std::exchange(flag, true);
  }

  static bool takeBits(const Parameter& parameter, std::optional<int>& bits) {
    if (bits) return false;
    bits = bitsOf(*parameter.value);
    return bits.has_value();
  }
};

/// What an element of the list says.
struct Extension {
  enum class Kind { kMalformed, kAnother, kNotUnderstood, kDeflate };

  Kind kind;
  Said said;
};

Extension readExtension(std::string_view element) {
  ExtensionReader reader(element);
  Extension extension{Extension::Kind::kDeflate, {}};
  bool understood = true;
  while (const auto parameter = reader.next()) understood &= extension.said.take(*parameter);
  if (!reader.wellFormed()) {
    extension.kind = Extension::Kind::kMalformed;
  } else if (reader.name() != kName) {
    extension.kind = Extension::Kind::kAnother;
  } else if (!understood) {
    extension.kind = Extension::Kind::kNotUnderstood;
  }
  return extension;
}

/// Calls `f` with each element of all lines.
template <class F>
void forEachExtension(const Headers& headers, F f) {
  for (std::string_view line : headers.all(kField)) {
    while (const auto element = nextElement(line)) f(*element);
  }
}

std::string with(std::string_view name, int value) {
  return std::string("; ").append(name).append("=").append(std::to_string(value));
}

std::string with(std::string_view name) { return std::string("; ").append(name); }

/// RFC 7692, 7.1: all that was asked for is kept, and what we want added where it may be.
DeflateAnswer answerTo(const Said& offer, const WebSocketCompression& wanted) {
  DeflateAnswer answer{{}, std::string(kName)};
  DeflateParameters& agreed = answer.parameters;
  agreed.serverKeepsContext = wanted.serverContextTakeover && !offer.serverNoContext;
  agreed.clientKeepsContext = wanted.clientContextTakeover && !offer.clientNoContext;
  agreed.serverMaxWindowBits =
      std::min(wanted.serverMaxWindowBits, offer.serverBits.value_or(kMostBits));
  if (offer.hasClientBits) {
    agreed.clientMaxWindowBits =
        std::min(wanted.clientMaxWindowBits, offer.clientBits.value_or(kMostBits));
  }
  if (!agreed.serverKeepsContext) answer.header += with(kServerNoContext);
  if (!agreed.clientKeepsContext) answer.header += with(kClientNoContext);
  if (offer.serverBits || agreed.serverMaxWindowBits < kMostBits) {
    answer.header += with(kServerBits, agreed.serverMaxWindowBits);
  }
  if (offer.clientBits || agreed.clientMaxWindowBits < kMostBits) {
    answer.header += with(kClientBits, agreed.clientMaxWindowBits);
  }
  return answer;
}

[[noreturn]] void refuse(const char* what) { throw WebSocketHandshakeError(what); }

Said readAnswer(std::string_view element) {
  const Extension extension = readExtension(element);
  switch (extension.kind) {
    case Extension::Kind::kMalformed:
      refuse("the server's Sec-WebSocket-Extensions is malformed");
    case Extension::Kind::kAnother:
      refuse("the server agreed to an extension that was not offered");
    case Extension::Kind::kNotUnderstood:
      refuse("the server agreed to permessage-deflate with a parameter that is none");
    case Extension::Kind::kDeflate:
      break;
  }
  return extension.said;
}

}  // namespace

void requireCompression(const WebSocketCompression& wanted) {
  const auto require = [](const char* name, int value, int least, int most) {
    if (value >= least && value <= most) return;
    throw std::invalid_argument(std::string("WebSocketCompression: ") + name + " is from " +
                                std::to_string(least) + " to " + std::to_string(most));
  };
  require("serverMaxWindowBits", wanted.serverMaxWindowBits, kLeastBits, kMostBits);
  require("clientMaxWindowBits", wanted.clientMaxWindowBits, kLeastBits, kMostBits);
  require("level", wanted.level, 0, 9);
  require("memoryLevel", wanted.memoryLevel, 1, 9);
}

std::optional<DeflateAnswer> answerDeflateOffers(const Headers& request,
                                                 const WebSocketCompression& wanted) {
  std::optional<Said> offer;
  forEachExtension(request, [&](std::string_view element) {
    const Extension extension = readExtension(element);
    if (extension.kind == Extension::Kind::kMalformed) {
      throw HTTPError(400, "Sec-WebSocket-Extensions is malformed");
    }
    if (extension.kind == Extension::Kind::kDeflate && !offer) offer = extension.said;
  });
  return offer ? std::optional(answerTo(*offer, wanted)) : std::nullopt;
}

/// What is wished for, and the same without what a server may not be able to keep.
std::string deflateOffer(const WebSocketCompression& wanted) {
  std::string ours;  // what we keep ourselves
  if (!wanted.clientContextTakeover) ours += with(kClientNoContext);
  ours += wanted.clientMaxWindowBits < kMostBits ? with(kClientBits, wanted.clientMaxWindowBits)
                                                 : with(kClientBits);
  std::string wishes;
  if (!wanted.serverContextTakeover) wishes += with(kServerNoContext);
  if (wanted.serverMaxWindowBits < kMostBits)
    wishes += with(kServerBits, wanted.serverMaxWindowBits);
  const std::string plain = std::string(kName) + ours;
  return wishes.empty() ? plain : std::string(kName) + wishes + ours + ", " + plain;
}

std::optional<DeflateParameters> readDeflateAnswer(
    const Headers& response, const std::optional<WebSocketCompression>& offered) {
  std::optional<Said> answer;
  forEachExtension(response, [&](std::string_view element) {
    Said said = readAnswer(element);
    if (!offered) refuse("the server agreed to permessage-deflate, which was not offered");
    if (answer) refuse("the server agreed to permessage-deflate twice");
    answer = std::move(said);
  });
  if (!answer) return std::nullopt;
  if (answer->hasClientBits && !answer->clientBits) {
    refuse("the server's client_max_window_bits has no value");
  }
  const int bits = answer->clientBits.value_or(offered->clientMaxWindowBits);
  if (bits > offered->clientMaxWindowBits) {
    refuse("the server's client_max_window_bits is larger than was offered");
  }
  return DeflateParameters{
      .serverKeepsContext = !answer->serverNoContext,
      .clientKeepsContext = offered->clientContextTakeover && !answer->clientNoContext,
      .serverMaxWindowBits = answer->serverBits.value_or(kMostBits),
      .clientMaxWindowBits = bits};
}

}  // namespace couplet::detail
