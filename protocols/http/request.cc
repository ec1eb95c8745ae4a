// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/request.h>

#include <algorithm>
#include <stdexcept>

#include <couplet/protocols/http/detail/grammar.h>
#include <couplet/protocols/http/detail/scan.h>
#include <couplet/protocols/http/response.h>

namespace couplet {

namespace {

QueryFields parseFields(std::string_view text) {
  try {
    return QueryFields::parse(text);
  } catch (const std::logic_error& error) {
    throw HTTPError(400, error.what());
  }
}

bool isForm(std::string_view contentType) {
  const std::string_view type = contentType.substr(0, contentType.find(';'));
  return sameIgnoringCase(detail::trimBlanks(type), "application/x-www-form-urlencoded");
}

/// How much of `asked` is before the query. It is in a request line of `text`, or empty.
inline std::size_t pathSize(std::string_view asked, std::string_view text) {
  if (asked.empty()) return 0;
  const char* const end = detail::Scanner(text).find<detail::PathEnd>(asked.data());
  return static_cast<std::size_t>(end - asked.data());
}

}  // namespace

void Request::keepLongerText(std::string& text) noexcept {
  if (text.capacity() > kMostSpareText) return;
  spareText_.swap(text);
  spareText_.clear();
}

void Request::assign(const RequestHead& head, const Transport* transport) {
  const std::string_view text = head.text();
  const char* const copy = headers_.assign(head.fields, text).data();
  const auto shift =
      reinterpret_cast<std::uintptr_t>(copy) - reinterpret_cast<std::uintptr_t>(text.data());
  const auto copied = [shift](std::string_view part) {
    const auto at = reinterpret_cast<std::uintptr_t>(part.data()) + shift;
    return std::string_view(reinterpret_cast<const char*>(at), part.size());
  };
  method_ = copied(head.method);
  target_ = copied(head.target);
  host_ = head.host.empty() ? std::string_view() : copied(head.host);
  form_ = head.form;
  version_ = head.version;
  body_.clear();
  clearParams();
  read_.reset();
  transport_ = transport;
  const std::string_view asked =
      head.pathAndQuery.empty() ? std::string_view() : copied(head.pathAndQuery);
  const std::size_t mark = pathSize(asked, {copy, text.size()});
  path_ = {asked.data(), mark};
  query_ = mark < asked.size() ? asked.substr(mark + 1) : std::string_view();
  if (path_.empty() && form_ == TargetForm::kAbsolute) path_ = "/";
  unclaimAll();
}

std::optional<std::string_view> Request::param(std::string_view name) const noexcept {
  for (const auto& [known, value] : params_) {
    if (known == name) return value;
  }
  return std::nullopt;
}

Request::Read& Request::read() const {
  if (!read_) read_ = std::make_unique<Read>();
  return *read_;
}

const QueryFields& Request::queryFields() const {
  std::optional<QueryFields>& fields = read().query;
  if (!fields) fields = parseFields(query_);
  return *fields;
}

const QueryFields& Request::formFields() const {
  std::optional<QueryFields>& fields = read().form;
  if (fields) return *fields;
  if (incoming_) throw std::logic_error("formFields: the body is read as it comes");
  const std::optional<std::string_view> type = headers_.get("Content-Type");
  const bool nothing = !type && body_.empty();
  if (!nothing && !isForm(type.value_or(""))) {
    throw HTTPError(415, "This takes a form: application/x-www-form-urlencoded.");
  }
  fields = parseFields(body_);
  return *fields;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (const HeaderField field : headers_) {
    if (!sameIgnoringCase(field.name, "Cookie")) continue;
    if (const auto value = RequestCookies(field.value).find(name)) return value;
  }
  return std::nullopt;
}

std::vector<CookiePair> Request::cookies() const {
  std::vector<CookiePair> cookies;
  for (const HeaderField field : headers_) {
    if (!sameIgnoringCase(field.name, "Cookie")) continue;
    for (const CookiePair cookie : RequestCookies(field.value)) cookies.push_back(cookie);
  }
  return cookies;
}

const BasicCredentials* Request::basicCredentials() const {
  const auto isAuthorization = [](const HeaderField field) {
    return sameIgnoringCase(field.name, "Authorization");
  };
  if (std::count_if(headers_.begin(), headers_.end(), isAuthorization) != 1) return nullptr;
  std::optional<BasicCredentials>& credentials = read().credentials;
  if (!credentials) credentials = parseBasicCredentials(*headers_.get("Authorization"));
  return credentials ? &*credentials : nullptr;
}

}  // namespace couplet
