// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What comes before the body of an HTTP message, as a parser saw it, with what its framing fields
// mean: views, nothing is copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <couplet/protocols/http/headers.h>

namespace couplet::detail {
class HeadTable;
}

#pragma GCC visibility push(default)
namespace couplet {

enum class HTTPVersion : std::uint8_t { kHTTP10, kHTTP11 };

/// "HTTP/1.1".
std::string_view toString(HTTPVersion version) noexcept;

/// How a request names what it wants: RFC 9112 section 3.2.
enum class TargetForm : std::uint8_t {
  kOrigin,     ///< `/poems?by=cummings`
  kAbsolute,   ///< `http://host/poems?by=cummings`, as proxies are asked; servers must take it too
  kAuthority,  ///< `host:443`, of CONNECT and of nothing else
  kAsterisk,   ///< `*`: the server as a whole, for OPTIONS
};

/// What the heads of requests and responses have in common.
///
/// The views are valid until the next call of the parser that gave it, or of another with the same
/// HTTPHeadTable.
struct MessageHead {
  HTTPVersion version = HTTPVersion::kHTTP11;

  /// The header fields in order, and the same as they were received, from the first name to the
  /// last line end.
  std::span<const HeaderField> fields;
  std::string_view fieldLines;

  /// The length of the body where it was given; nothing when the body is chunked or ends with the
  /// connection.
  std::optional<std::uint64_t> contentLength;
  bool chunked = false;

  /// Whether the sender is prepared for another message on this connection: RFC 9112 section 9.3.
  bool keepAlive = false;

  /// Whether Connection names `upgrade` and there is an Upgrade field; never on HTTP/1.0.
  bool upgrade = false;

  /// The value of the first field of this name.
  std::optional<std::string_view> get(std::string_view name) const noexcept;
};

/// The head of a request.
struct RequestHead : MessageHead {
  std::string_view method;
  std::string_view target;  ///< as it was sent
  TargetForm form = TargetForm::kOrigin;

  /// The path and the query, undecoded: `target`, or what of it is behind the authority. Empty, or
  /// only a query, where an absolute target has no path: RFC 9110 section 4.2.3 takes that for "/".
  /// Empty for kAuthority and kAsterisk.
  std::string_view pathAndQuery;

  /// Who is asked, with the port where one was given: out of an absolute target or CONNECT's, else
  /// the Host field. Empty on HTTP/1.0 without either. It is well formed, whatever it names.
  std::string_view host;

  /// Whether the body comes only after an interim 100 or some patience. Never on HTTP/1.0, nor
  /// without a body.
  bool expectsContinue = false;

  bool hasBody() const noexcept { return chunked || contentLength.value_or(0) > 0; }

  /// All of it in one piece, from the method to the last line end: what the others are views of.
  /// REQUIRES: a parser gave this head
  std::string_view text() const noexcept {
    return {method.data(),
            static_cast<std::size_t>(fieldLines.data() + fieldLines.size() - method.data())};
  }
};

/// The head of a response.
struct ResponseHead : MessageHead {
  int status = 0;           ///< 100 to 999
  std::string_view reason;  ///< may be empty

  bool interim() const noexcept { return status < 200; }
};

/// Where parsers lay out the head that they have just read. One serves all parsers of a thread,
/// since a head is looked at before the next one is parsed: it belongs to what makes them, and must
/// outlive them. Some 4 KiB, which no idle connection holds.
class HTTPHeadTable {
 public:
  HTTPHeadTable();
  ~HTTPHeadTable();
  HTTPHeadTable(const HTTPHeadTable&) = delete;
  HTTPHeadTable& operator=(const HTTPHeadTable&) = delete;

  /// For parsers.
  detail::HeadTable& layout() const noexcept { return *layout_; }

 private:
  std::unique_ptr<detail::HeadTable> layout_;
};

}  // namespace couplet
#pragma GCC visibility pop
