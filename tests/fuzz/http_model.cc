// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "http_model.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http_reader.h"

namespace couplet::fuzz {

namespace {

using Request = HTTPResponseParser::Request;

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lowered;
}

/// The parts between commas that are not quoted.
std::vector<std::string> elements(std::string_view list) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == ',' && !quoted) {
      parts.emplace_back();
      continue;
    }
    if (list[i] == '"') quoted = !quoted;
    parts.back() += list[i];
    if (list[i] == '\\' && quoted && i + 1 < list.size()) parts.back() += list[++i];
  }
  for (std::string& part : parts) part = lower(trim(part));
  return parts;
}

// RFC 3986.

/// reg-name, with something in it; or a zone.
bool isRegisteredName(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (isAlpha(c) || isDecimal(c) || isAmong(c, "-._~!$&'()*+,;=")) continue;
    const bool escape =
        c == '%' && text.size() - i > 2 && isHexadecimal(text[i + 1]) && isHexadecimal(text[i + 2]);
    if (!escape) return false;
    i += 2;
  }
  return !text.empty();
}

/// What may stand in brackets: hexadecimal digits, dots, two colons; and perhaps a zone.
bool isAddress(std::string_view text) {
  const std::string_view address = text.substr(0, text.find('%'));
  const std::string_view zone = text.substr(address.size());
  return all(address, [](char c) { return isHexadecimal(c) || c == ':' || c == '.'; }) &&
         std::count(address.begin(), address.end(), ':') >= 2 &&
         (zone.empty() || (zone.starts_with("%25") && isRegisteredName(zone.substr(3))));
}

/// Of an authority without user information: what stands behind the colon of its port, if there is
/// one. Refused where it is none.
std::optional<std::string_view> portOf(std::string_view authority) {
  std::string_view rest;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    refuseUnless(end != authority.npos && isAddress(authority.substr(1, end - 1)));
    rest = authority.substr(end + 1);
  } else {
    const std::size_t end = std::min(authority.find(':'), authority.size());
    refuseUnless(isRegisteredName(authority.substr(0, end)));
    rest = authority.substr(end);
  }
  if (rest.empty()) return std::nullopt;
  const std::string_view port = rest.substr(1);
  refuseUnless(rest.front() == ':' && all(port, isDecimal));
  const std::string_view digits = port.substr(std::min(port.find_first_not_of('0'), port.size()));
  refuseUnless(digits.size() < 5 || (digits.size() == 5 && digits <= "65535"));
  return port;
}

void readTarget(RequestHead& head) {
  const std::string_view target = head.target;
  head.pathAndQuery = {};
  if (head.method == "CONNECT") {
    head.form = TargetForm::kAuthority;
    head.host = target;
    const auto port = portOf(target);
    refuseUnless(port && port->find_first_not_of('0') != port->npos);
  } else if (target.starts_with('/')) {
    head.form = TargetForm::kOrigin;
    head.pathAndQuery = target;
  } else if (target == "*") {
    head.form = TargetForm::kAsterisk;
  } else {
    const std::size_t colon = target.find("://");
    refuseUnless(colon != target.npos && colon > 0 && isAlpha(target[0]));
    refuseUnless(all(target.substr(0, colon),
                     [](char c) { return isAlpha(c) || isDecimal(c) || isAmong(c, "+-."); }));
    const std::size_t begin = colon + 3;
    const std::size_t end = std::min(target.find_first_of("/?", begin), target.size());
    const std::string_view authority = target.substr(begin, end - begin);
    const std::size_t at = authority.rfind('@');
    head.form = TargetForm::kAbsolute;
    head.host = at == authority.npos ? authority : authority.substr(at + 1);
    head.pathAndQuery = target.substr(end);
    portOf(head.host);
  }
}

// RFC 9112.

HTTPVersion readVersion(std::string_view text) {
  refuseUnless(text.size() == 8 && text.substr(0, 5) == "HTTP/" && text[6] == '.');
  refuseUnless(isDecimal(text[5]) && isDecimal(text[7]));
  refuseUnless(text[5] == '1' && text[7] <= '1', 505);
  return text[7] == '1' ? HTTPVersion::kHTTP11 : HTTPVersion::kHTTP10;
}

std::uint64_t readLength(std::string_view digits) {
  const std::optional<std::uint64_t> length = lengthOf(digits);
  refuseUnless(length.has_value());
  return *length;
}

/// What the fields say that concern the connection or the end of the body.
struct Framing {
  std::vector<std::string_view> hosts;
  std::vector<std::string> lengths;
  std::vector<std::string> codings;  // values
  std::vector<std::string> options;
  bool hasUpgrade = false;
  bool expectsContinue = false;

  explicit Framing(std::span<const HeaderField> fields) {
    for (const HeaderField& field : fields) {
      const std::string name = lower(field.name);
      if (name == "host") hosts.push_back(field.value);
      if (name == "content-length") add(lengths, split(field.value));
      if (name == "transfer-encoding") codings.push_back(lower(field.value));
      if (name == "connection") add(options, elements(field.value));
      hasUpgrade |= name == "upgrade";
      expectsContinue |= name == "expect" && lower(field.value) == "100-continue";
    }
  }

  bool hasOption(std::string_view option) const {
    return std::find(options.begin(), options.end(), option) != options.end();
  }

  void complete(MessageHead& head) const {
    const bool http11 = head.version == HTTPVersion::kHTTP11;
    head.keepAlive = !hasOption("close") && (http11 || hasOption("keep-alive"));
    head.upgrade = http11 && hasOption("upgrade") && hasUpgrade;
    head.chunked = !codings.empty();
    if (!head.chunked) return;
    refuseUnless(http11 && codings.size() == 1 && codings[0] == "chunked");
  }

 private:
  static void add(std::vector<std::string>& all, const std::vector<std::string>& more) {
    all.insert(all.end(), more.begin(), more.end());
  }

  static std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> parts;
    for (;;) {
      const std::size_t comma = list.find(',');
      parts.emplace_back(trim(list.substr(0, comma)));
      if (comma == list.npos) return parts;
      list.remove_prefix(comma + 1);
    }
  }
};

class RequestsModel {
 public:
  RequestsModel(std::string_view wire, const HTTPSettings& settings)
      : reader_(wire, settings), handsOver_(settings.handsOver) {}

  Heard heard;

  void read() {
    bool idle = true;
    try {
      for (;;) {
        idle = reader_.rest().empty() || reader_.rest() == "\r\n";
        if (!readOne()) return heard.push_back(handedOver(reader_.rest()));
      }
    } catch (const Incomplete&) {
      heard.emplace_back(idle ? kInputEnded : kCutShort);
    } catch (const Refused& refused) {
      heard.push_back(refusalOf(RequestHead(), refused.status));
    }
  }

 private:
  /// False when the connection is handed over.
  bool readOne() {
    RequestHead head;
    const Section section = readHead(head);
    const std::vector<HeaderField> fields = section.fields();
    head.fields = fields;
    head.fieldLines = section.text;
    judge(head);
    heard.push_back(inFull(head));
    if (handsOver_ && head.method == "CONNECT") return false;
    if (head.chunked) reader_.chunkedBody(heard);
    if (head.contentLength) reader_.lengthBody(*head.contentLength, heard);
    heard.emplace_back(kEnded);
    return !(handsOver_ && head.upgrade);
  }

  Section readHead(RequestHead& head) {
    const HTTPLimits& limits = reader_.limits();
    const std::size_t most = std::min(limits.firstLine, limits.head);
    reader_.beginSection();
    std::string_view line = reader_.line(most, 414, false);
    if (line.empty()) {
      reader_.beginSection();
      line = reader_.line(most, 414, false);
    }
    readRequestLine(line, head);
    return reader_.fields(limits.head, 431, false);
  }

  static void readRequestLine(std::string_view line, RequestHead& head) {
    refuseUnless(std::count(line.begin(), line.end(), ' ') == 2);
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    refuseUnless(isToken(head.method) && !head.target.empty());
    refuseUnless(all(head.target, [](char c) { return c >= 0x21 && c <= 0x7e && c != '#'; }));
    head.version = readVersion(line.substr(last + 1));
    readTarget(head);
  }

  static void judge(RequestHead& head) {
    const Framing framing(head.fields);
    const bool http10 = head.version == HTTPVersion::kHTTP10;
    refuseUnless(framing.hosts.size() == 1 || (http10 && framing.hosts.empty()));
    const std::string_view host = framing.hosts.empty() ? std::string_view() : framing.hosts[0];
    if (!host.empty() || !http10) portOf(host);
    const bool named = head.form == TargetForm::kAbsolute || head.form == TargetForm::kAuthority;
    if (!named) head.host = host;
    framing.complete(head);
    refuseUnless(framing.lengths.size() <= (head.chunked ? 0u : 1u));
    if (!framing.lengths.empty()) head.contentLength = readLength(framing.lengths[0]);
    head.expectsContinue = !http10 && framing.expectsContinue && head.hasBody();
  }

  Reader reader_;
  bool handsOver_;
};

class ResponsesModel {
 public:
  ResponsesModel(std::string_view wire, std::span<const Request> requests,
                 const HTTPSettings& settings)
      : reader_(wire, settings), requests_(requests) {}

  Heard heard;

  void read() {
    try {
      bool reusable = true;
      while (reusable && !requests_.empty()) {
        if (!readOne(requests_[0], reusable)) return heard.push_back(handedOver(reader_.rest()));
        requests_ = requests_.subspan(1);
      }
      refuseUnless(reader_.rest().empty());
      heard.emplace_back(reusable ? kReusable : kInputEnded);
    } catch (const Incomplete&) {
      heard.emplace_back(kCutShort);
    } catch (const Refused&) {
      heard.push_back(refusalOf(ResponseHead(), 0));
    }
  }

 private:
  /// False when the connection is handed over.
  bool readOne(const Request& request, bool& reusable) {
    for (;;) {
      ResponseHead head;
      const Section section = readHead(head);
      const std::vector<HeaderField> fields = section.fields();
      head.fields = fields;
      head.fieldLines = section.text;
      const bool doubtful = judge(head);
      refuseUnless(head.status != 101 || request.offersUpgrade);
      heard.push_back(inFull(head));
      if (head.status == 101) return false;
      if (head.status < 200) continue;
      if (request.method == "CONNECT" && head.status < 300) return false;
      reusable = readBody(request, head) && head.keepAlive && !doubtful;
      heard.emplace_back(kEnded);
      return true;
    }
  }

  /// False where the end of the connection ends it. RFC 9112 6.3.
  bool readBody(const Request& request, const ResponseHead& head) {
    if (request.method == "HEAD" || head.status == 204 || head.status == 304) return true;
    if (head.chunked) {
      reader_.chunkedBody(heard);
    } else if (head.contentLength) {
      reader_.lengthBody(*head.contentLength, heard);
    } else {
      reader_.restAsBody(heard);
      return false;
    }
    return true;
  }

  Section readHead(ResponseHead& head) {
    const HTTPLimits& limits = reader_.limits();
    reader_.beginSection();
    const std::string_view line = reader_.line(std::min(limits.firstLine, limits.head), 431, true);
    head.version = readVersion(line.substr(0, 8));
    refuseUnless(line.size() >= 12 && line[8] == ' ' && (line.size() == 12 || line[12] == ' '));
    const std::string_view status = line.substr(9, 3);
    refuseUnless(all(status, isDecimal) && status[0] != '0');
    head.status = static_cast<int>(readLength(status));
    head.reason = line.substr(std::min<std::size_t>(line.size(), 13));
    return reader_.fields(limits.head, 431, true);
  }

  /// Whether others may think that the message ends elsewhere.
  static bool judge(ResponseHead& head) {
    const Framing framing(head.fields);
    framing.complete(head);
    for (const std::string& text : framing.lengths) {
      const std::uint64_t length = readLength(text);
      refuseUnless(length == readLength(framing.lengths[0]));
      if (!head.chunked) head.contentLength = length;
    }
    const bool bodyOf204 = head.chunked || head.contentLength.value_or(0) > 0;
    return framing.lengths.size() > (head.chunked ? 0 : 1) || (head.status == 204 && bodyOf204);
  }

  Reader reader_;
  std::span<const Request> requests_;
};

}  // namespace

Heard modelRequests(std::string_view wire, const HTTPSettings& settings) {
  RequestsModel model(wire, settings);
  model.read();
  return model.heard;
}

Heard modelResponses(std::string_view wire, std::span<const Request> requests,
                     const HTTPSettings& settings) {
  ResponsesModel model(wire, requests, settings);
  model.read();
  return model.heard;
}

ChunkedBody modelChunks(std::string_view wire, const HTTPSettings& settings) {
  Reader reader(wire, settings);
  ChunkedBody body;
  try {
    reader.chunkedBody(body.heard);
    body.outcome = ChunkedBody::kWhole;
    body.size = wire.size() - reader.rest().size();
  } catch (const Incomplete&) {
    body.outcome = ChunkedBody::kIncomplete;
  } catch (const Refused&) {
    body.outcome = ChunkedBody::kRefused;
  }
  return body;
}

}  // namespace couplet::fuzz
