// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A request, as the one who answers it sees it. Belongs to the reactor's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/message_head.h>
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
  /// What follows the first '?', undecoded; see QueryFields.
  std::string_view query() const noexcept { return query_; }
  /// Who is asked, with the port where one was given.
  std::string_view host() const noexcept { return host_; }
  HTTPVersion version() const noexcept { return version_; }
  const Headers& headers() const noexcept { return headers_; }
  std::string_view body() const noexcept { return body_; }
  /// The other end of the connection; empty where there is none, in a test.
  Address peer() const { return transport_ ? transport_->getPeer() : Address(); }

  /// What stood in the place of `:name` in the pattern that a Router found, decoded; or of `*name`,
  /// its rest of the path, undecoded: with "..", should it have any. Nothing when the pattern has
  /// no such name.
  std::optional<std::string_view> param(std::string_view name) const noexcept;

  /// The segments of the path that no Resource has taken yet, undecoded: "poems/1". For a leaf.
  std::string_view unclaimed() const noexcept { return unclaimed_; }

  // For those who make and pass requests on: channels, resources, tests.

  /// Keeps what answers alive until the answer is sent, or the work for it discarded.
  void keep(std::shared_ptr<const void> answers) noexcept { answers_ = std::move(answers); }
  void release() noexcept { answers_.reset(); }
  /// Begins anew, with a copy of `head`. REQUIRES: `transport`, if any, outlives this
  void assign(const RequestHead& head, const Transport* transport = nullptr);
  void appendBody(std::string_view piece) { body_.append(piece); }
  std::size_t bodyCapacity() const noexcept { return body_.capacity(); }
  void setUnclaimed(std::string_view segments) noexcept { unclaimed_ = segments; }
  void clearParams() noexcept { params_.clear(); }
  /// REQUIRES: `name` outlives this
  void addParam(std::string_view name, std::string value) {
    params_.emplace_back(name, std::move(value));
  }

 private:
  std::string method_;
  std::string target_;
  std::string_view path_;  // these three are views of target_
  std::string_view query_;
  std::string_view unclaimed_;
  std::string host_;
  TargetForm form_ = TargetForm::kOrigin;
  HTTPVersion version_ = HTTPVersion::kHTTP11;
  Headers headers_;
  std::string body_;
  const Transport* transport_ = nullptr;
  std::shared_ptr<const void> answers_;
  std::vector<std::pair<std::string_view, std::string>> params_;
};

}  // namespace couplet
#pragma GCC visibility pop
