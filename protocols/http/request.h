// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A request, as the one who answers it sees it. Belongs to the reactor's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/protocols/http/basic_auth.h>
#include <couplet/protocols/http/connection_object.h>
#include <couplet/protocols/http/cookies.h>
#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/incoming_body.h>
#include <couplet/protocols/http/message_head.h>
#include <couplet/protocols/http/query.h>
#include <couplet/reactor/transport.h>

#pragma GCC visibility push(default)
namespace couplet {

/// What was asked, with its whole body. Twisted's Request, the part that is read.
///
/// The channel owns it: it is valid until the answer is sent, or until the work for it is
/// discarded because the connection was lost. So a coroutine that answers may use it throughout.
class Request {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  std::string_view method() const noexcept { return method_; }
  /// As it was sent.
  std::string_view target() const noexcept { return target_; }
  TargetForm form() const noexcept { return form_; }
  /// Undecoded: "/poems/a%20b". Never empty, but for the forms that have none.
  std::string_view path() const noexcept { return path_; }
  /// What follows the first '?', undecoded; see `queryFields`.
  std::string_view query() const noexcept { return query_; }
  /// Who is asked, with the port where one was given.
  std::string_view host() const noexcept { return host_; }
  HTTPVersion version() const noexcept { return version_; }
  const Headers& headers() const noexcept { return headers_; }
  std::string_view body() const noexcept { return body_; }
  /// The body as it comes, where the resource wants it so: see BodyWanted.
  IncomingBody& incoming() noexcept { return incoming_; }
  /// The other end of the connection; empty where there is none, in a test.
  Address peer() const { return transport_ ? transport_->getPeer() : Address(); }

  /// What `owner`, which is anybody's address, keeps for the connection that this came by; null
  /// where that is nothing.
  std::shared_ptr<ConnectionObject> keptForConnection(const void* owner) const {
    return objects_ && transport_ ? objects_->find(*transport_, owner) : nullptr;
  }
  /// Keeps `object` until the connection ends, in place of what `owner` kept before. Where there is
  /// no connection, in a test, it is dropped.
  void keepForConnection(const void* owner, std::shared_ptr<ConnectionObject> object) {
    if (objects_ && transport_) objects_->keep(*transport_, owner, std::move(object));
  }

  // Read when they are first asked for. Views and references are valid as long as the request is.

  /// The fields of the query: `request.queryFields().first("page")`. Those of a form in the body
  /// are not among them. Throws HTTPError(400) for a '%' without two hex digits, and for more than
  /// QueryFields::kMaxFields.
  const QueryFields& queryFields() const;

  /// The fields of a form in the body: of the type application/x-www-form-urlencoded, whatever its
  /// case and parameters. None where there is neither a type nor a body. Throws HTTPError: 415 for
  /// another type or none, so that nobody takes for a form what a page may send anywhere without
  /// asking (text/plain); 400 as `queryFields` does. Throws std::logic_error for a body that is
  /// read as it comes.
  const QueryFields& formFields() const;

  /// The value of the first cookie of that name, of all Cookie lines.
  std::optional<std::string_view> cookie(std::string_view name) const;
  /// All cookies, in order: see RequestCookies.
  std::vector<CookiePair> cookies() const;

  /// The user name and password of an Authorization by Basic. Null without one, where it is not
  /// understood, and where there are several. Nobody has compared them yet: see BasicAuthWrapper.
  const BasicCredentials* basicCredentials() const;

  /// What stood in the place of `:name` in the pattern that a Router found, decoded; or of `*name`,
  /// its rest of the path, undecoded: with "..", should it have any. Nothing when the pattern has
  /// no such name.
  std::optional<std::string_view> param(std::string_view name) const noexcept;

  /// The segments of the path that no Resource has taken yet, undecoded: "poems/1". For a leaf.
  std::string_view unclaimed() const noexcept { return unclaimed_; }

  /// An empty text for the body of the Response, which may have the memory of an earlier one's:
  /// small bodies that are made so take nothing from the heap.
  std::string takeText() noexcept { return std::exchange(spareText_, {}); }

  // For those who make and pass requests on: channels, resources, tests.

  /// Keeps what answers alive until the answer is sent, or the work for it discarded.
  void keep(std::shared_ptr<const void> answers) noexcept { answers_ = std::move(answers); }
  void release() noexcept {
    answers_.reset();
    read_.reset();
    if (incoming_) incoming_ = {};
  }
  /// Begins anew, with a copy of `head`. REQUIRES: a parser gave it; `transport`, if any, outlives
  /// this
  void assign(const RequestHead& head, const Transport* transport = nullptr);
  /// Where `keepForConnection` keeps. REQUIRES: it outlives this
  void keepIn(ConnectionObjects& objects) noexcept { objects_ = &objects; }
  void setIncoming(IncomingBody body) noexcept { incoming_ = std::move(body); }
  /// Takes memory as it comes; all of it, where `length` was announced, once an eighth is there.
  void appendBody(std::string_view piece, std::uint64_t length = 0) {
    const std::size_t size = body_.size() + piece.size();
    if (size > body_.capacity() && length > size && length / 8 <= size) body_.reserve(length);
    body_.append(piece);
  }
  std::size_t bodyCapacity() const noexcept { return body_.capacity(); }
  /// For `takeText` of a later request. Takes it unless it is large.
  void keepText(std::string& text) noexcept {
    if (text.capacity() > spareText_.capacity()) keepLongerText(text);
  }
  void unclaimAll() noexcept { unclaimed_ = path_.empty() ? path_ : path_.substr(1); }
  void setUnclaimed(std::string_view segments) noexcept { unclaimed_ = segments; }
  void clearParams() noexcept {
    if (params_.empty()) return;
    params_.clear();
    decoded_.clear();
  }
  /// REQUIRES: `name` outlives this; `value` is part of the path
  void addParam(std::string_view name, std::string_view value) { params_.push_back({name, value}); }
  /// REQUIRES: `name` outlives this
  void addDecodedParam(std::string_view name, std::string value) {
    addParam(name, decoded_.emplace_front(std::move(value)));
  }

 private:
  struct Param {
    std::string_view name;
    std::string_view value;
  };

  static constexpr std::size_t kMostSpareText = 8192;

  /// What was asked for, taken apart.
  struct Read {
    std::optional<QueryFields> query;
    std::optional<QueryFields> form;
    std::optional<BasicCredentials> credentials;
  };

  Read& read() const;
  void keepLongerText(std::string& text) noexcept;

  Headers headers_;
  std::string_view method_;  // these are views of what headers_ has of the head, or literals
  std::string_view target_;
  std::string_view path_;
  std::string_view query_;
  std::string_view unclaimed_;
  std::string_view host_;
  TargetForm form_ = TargetForm::kOrigin;
  HTTPVersion version_ = HTTPVersion::kHTTP11;
  std::string body_;
  std::string spareText_;
  IncomingBody incoming_;
  const Transport* transport_ = nullptr;
  ConnectionObjects* objects_ = nullptr;
  std::shared_ptr<const void> answers_;
  mutable std::unique_ptr<Read> read_;  // null until something is asked for
  std::vector<Param> params_;
  std::forward_list<std::string> decoded_;  // values that are not in the path as they are
};

}  // namespace couplet
#pragma GCC visibility pop
