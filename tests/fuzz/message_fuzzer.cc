// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages as they are written: what is refused is not sent, and what is sent is read as the same
// message. The input is `kind|cuts|script|text|text|...`: README.md lists the letters.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/serializer.h>

#include "headers_pair.h"
#include "http_listener.h"
#include "http_model.h"
#include "http_reader.h"
#include "http_settings.h"
#include "http_words.h"
#include "require.h"
#include "script.h"

namespace couplet::fuzz {
namespace {

/// How a body is framed, as the fields of its message say.
struct Framing {
  enum Kind { kNone, kLength, kChunked, kUntilClose };
  std::vector<std::string> lengths;
  std::vector<std::string> codings;

  explicit Framing(const HeadersPair& headers) {
    for (const auto& [name, value] : headers.list()) {
      if (sameIgnoringCase(name, "Content-Length")) lengths.push_back(value);
      if (sameIgnoringCase(name, "Transfer-Encoding")) codings.push_back(value);
    }
  }

  bool framed() const { return lengths.size() + codings.size() > 0; }
  bool good() const {
    if (lengths.size() + codings.size() > 1) return false;
    if (lengths.size() == 1) return lengthOf(lengths[0]).has_value();
    return codings.empty() || sameIgnoringCase(codings[0], "chunked");
  }
  Kind kind(Kind otherwise) const {
    return codings.empty() ? (lengths.empty() ? otherwise : kLength) : kChunked;
  }
};

/// Writes one message as a script says.
class Writer {
 public:
  Writer(std::string_view kind, std::string_view cuts, std::string_view script,
         std::string_view texts)
      : cuts_(cuts), script_(script), texts_(texts) {
    isRequest_ = !kind.starts_with('A');
    if (!isRequest_) kind.remove_prefix(1);
    peer_ = kind.starts_with('o') ? HTTPVersion::kHTTP10 : HTTPVersion::kHTTP11;
    const std::size_t length = kind.find('l');
    if (length != kind.npos) added_.contentLength = numberOr(0, kind.substr(length + 1));
    added_.chunked = kind.find('k') != kind.npos;
    if (kind.find('d') != kind.npos) added_.lines = "Date: today\r\n";
  }

  void write() {
    begin();
    while (body_ && !script_.ended()) makeMove(script_.next());
    if (body_) readAgain();
  }

 private:
  std::string_view text() { return takeField(texts_); }

  void begin() {
    const std::string_view first = text();
    const std::string_view second = text();
    const std::string_view method = isRequest_ ? first : text();
    while (!script_.ended() && !script_.take('H')) makeHeadersMove(script_.next());
    method_ = method;
    isRequest_ ? beginRequest(second) : beginResponse(first, second);
  }

  void makeHeadersMove(char letter) {
    const bool named = isAmong(letter, "asrT");
    const std::string_view name = named ? text() : std::string_view();
    if (letter == 'a') headers_.add(name, text());
    if (letter == 's') headers_.set(name, text());
    if (letter == 'T') trailers_.add(name, text());
    if (letter == 'r') headers_.remove(name);
    if (letter == 'c') headers_.clear();
    if (letter == 'y') headers_.assign();
    if (letter == 'o') headers_.addOwn();
    if (letter == 'v') headers_.copy();
    if (letter == 'm') headers_.move();
  }

  /// What can be read can be written, and nothing else.
  void beginRequest(std::string_view target) {
    std::string expected;
    expected.append(method_).append(" ").append(target).append(" HTTP/1.1\r\n");
    expected.append(headers_.lines()).append("\r\n");
    const Heard heard = modelRequests(expected, roomy());
    const bool broken =
        (std::string(method_) + std::string(target)).find_first_of(" \r\n") != std::string::npos;
    const bool good = !broken && !heard.empty() && heard[0].starts_with("head ");
    const bool refused = refuses<std::invalid_argument>(
        [&] { body_ = writeRequestHead(out_, method_, target, headers_.headers()); });
    begun(refused, good, expected);
    kind_ = Framing(headers_).kind(Framing::kNone);
  }

  void beginResponse(std::string_view status, std::string_view reason) {
    status_ = static_cast<int>(numberOr(0, status) % 2000) - (status.starts_with('-') ? 1 : 0);
    Framing framing(headers_);
    std::string expected = "HTTP/1.1 " + std::to_string(status_) + " " + std::string(reason);
    expected += "\r\n";
    if (added_.contentLength) {
      framing.lengths.push_back(std::to_string(*added_.contentLength));
      expected += "Content-Length: " + framing.lengths.back() + "\r\n";
    }
    if (added_.chunked) {
      framing.codings.emplace_back("chunked");
      expected += "Transfer-Encoding: chunked\r\n";
    }
    expected.append(added_.lines).append(headers_.lines()).append("\r\n");
    const AnsweredRequest answered{method_, peer_};
    const bool refused = refuses<std::invalid_argument>([&] {
      body_ = writeResponseHead(out_, {status_, reason}, headers_.headers(), answered, added_);
    });
    begun(refused, mayAnswer(framing) && !hasControl(reason), expected);
    kind_ = bodiless() ? Framing::kNone : framing.kind(Framing::kUntilClose);
  }

  bool opens() const { return method_ == "CONNECT" && status_ / 100 == 2; }
  bool bodiless() const { return status_ < 200 || status_ == 204 || status_ == 304 || opens(); }
  bool toHead() const { return !isRequest_ && method_ == "HEAD"; }

  bool mayAnswer(const Framing& framing) const {
    if (status_ < 100 || status_ > 999 || !framing.good()) return false;
    if (framing.framed() && (status_ < 200 || status_ == 204 || opens())) return false;
    return framing.codings.empty() || peer_ == HTTPVersion::kHTTP11;
  }

  void begun(bool refused, bool good, const std::string& expected) {
    require(refused == !good, "a head that must not be sent is refused, and no other");
    require(out_ == (refused ? "" : expected), "a head is what it says, and nothing if refused");
    const Framing framing(headers_);
    if (!framing.lengths.empty()) left_ = lengthOf(framing.lengths[0]).value_or(0);
    if (added_.contentLength && !isRequest_) left_ = *added_.contentLength;
  }

  void makeMove(char letter) {
    const std::size_t before = out_.size();
    bool refused = false;
    if (letter == 'w' || letter == 'f') refused = !writeBody(text(), letter == 'f');
    if (letter == 'e' || letter == 't') refused = !finish(letter == 't');
    require(!refused || out_.size() == before, "what is refused is not written");
    if (kind_ == Framing::kLength) require(body_->left() == left_, "what is left is counted");
    require(body_->finished() == finished_, "a body is finished once");
  }

  /// False if it is refused.
  bool writeBody(std::string_view piece, bool framed) {
    framed = framed && body_->sendsBody();
    const bool tooMuch =
        kind_ == Framing::kNone || (kind_ == Framing::kLength && piece.size() > left_);
    const bool refused = refuses<LocalProtocolError>([&] {
      if (!framed) return body_->write(out_, piece);
      const std::string_view behind = body_->frame(out_, piece.size());
      out_.append(piece).append(behind);
    });
    require(refused == (finished_ || (tooMuch && !piece.empty())),
            "a body is as long as announced");
    if (refused) return false;
    if (kind_ == Framing::kLength) left_ -= piece.size();
    if (kind_ != Framing::kNone && !toHead()) written_.append(piece);
    return true;
  }

  bool finish(bool withTrailers) {
    const bool trailing = withTrailers && !trailers_.list().empty();
    const bool tooShort = kind_ == Framing::kLength && left_ > 0 && !toHead();
    const bool bad = trailing && (kind_ != Framing::kChunked || !mayTrail());
    const bool refused = refuses<std::logic_error>(
        [&] { withTrailers ? body_->finish(out_, trailers_.headers()) : body_->finish(out_); });
    require(refused == (finished_ || tooShort || bad), "a body ends once, where it may");
    if (refused) return false;
    finished_ = true;
    sentTrailers_ = trailing;
    return true;
  }

  /// RFC 9110 6.5.1.
  bool mayTrail() const {
    const std::string never =
        " authorization connection content-encoding content-length content-range content-type "
        "cookie expect host set-cookie te trailer transfer-encoding upgrade ";
    const auto& list = trailers_.list();
    return std::none_of(list.begin(), list.end(), [&](const HeadersPair::Field& field) {
      std::string name = field.first;
      std::transform(name.begin(), name.end(), name.begin(), ::tolower);
      return never.find(" " + name + " ") != never.npos;
    });
  }

  static HTTPSettings roomy() {
    HTTPSettings settings;
    settings.limits.firstLine = settings.limits.head = settings.limits.trailers = 1 << 20;
    settings.limits.headerCount = 1000;
    settings.limits.body = INT64_MAX;
    return settings;
  }

  /// Whether all of the message was written.
  bool whole() const {
    if (kind_ == Framing::kChunked && !toHead()) return finished_;
    return kind_ != Framing::kLength || left_ == 0 || toHead();
  }

  /// What is heard behind the head.
  Heard behindHead() const {
    if (!isRequest_ && (status_ == 101 || opens())) return {handedOver("")};
    if (!isRequest_ && status_ < 200) return {kCutShort};
    Heard heard;
    if (!written_.empty()) heard.push_back("body " + written_);
    if (sentTrailers_ && !toHead()) {
      const Headers& headers = trailers_.headers();
      heard.push_back(trailersOf(std::vector<HeaderField>(headers.begin(), headers.end())));
    }
    heard.emplace_back(whole() ? kEnded : kCutShort);
    return heard;
  }

  void readAgain() {
    const HTTPResponseParser::Request request{method_, status_ == 101};
    const std::vector<HTTPResponseParser::Request> once(1, request);
    const std::vector<HTTPResponseParser::Request> twice(2, request);
    const Heard heard = read(out_, once);
    requireMessage(heard);
    if (heard.back() != (isRequest_ ? kInputEnded : kReusable)) return;
    Heard heardTwice(heard.begin(), heard.end() - 1);
    heardTwice.insert(heardTwice.end(), heard.begin(), heard.end());
    requireHeard(read(out_ + out_, twice), heardTwice, "sent twice");
  }

  /// What the parser says at every cut, and the model too.
  Heard read(const std::string& wire,
             const std::vector<HTTPResponseParser::Request>& requests) const {
    const HTTPSettings settings = roomy();
    Heard heard;
    if (isRequest_) {
      heard = modelRequests(wire, settings);
      requireHeardEachWay<RequestListener>(heard, wire, cuts_, settings);
    } else {
      heard = modelResponses(wire, requests, settings);
      requireHeardEachWay<ResponseListener>(heard, wire, cuts_, settings, requests);
    }
    return heard;
  }

  /// The fields are those that were given, and the body is what was written.
  void requireMessage(const Heard& heard) const {
    const Headers& headers = headers_.headers();
    const std::string fields = describe(std::vector<HeaderField>(headers.begin(), headers.end()));
    require(!heard.empty() && heard[0].find(fields) != std::string::npos, "all fields are heard");
    Heard expected = behindHead();
    if (expected.back() == kEnded) expected.push_back(heard.back());
    requireHeard(Heard(heard.begin() + 1, heard.end()), expected, "behind the head");
  }

  bool isRequest_ = true;
  HTTPVersion peer_ = HTTPVersion::kHTTP11;
  AddedFields added_;
  std::string_view cuts_;
  Script script_;
  std::string_view texts_;

  std::string method_;  // of the request
  int status_ = 0;
  HeadersPair headers_;
  HeadersPair trailers_;

  std::string out_;
  std::optional<HTTPBodyWriter> body_;
  Framing::Kind kind_ = Framing::kNone;
  std::uint64_t left_ = 0;  // of kLength
  bool finished_ = false;
  bool sentTrailers_ = false;
  std::string written_;  // of the body
};

}  // namespace
}  // namespace couplet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace couplet::fuzz;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view kind = takeField(input);
  const std::string_view cuts = takeField(input);
  const std::string_view script = takeField(input);
  Writer(kind, cuts, script, input).write();
  return 0;
}
