// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What an Api has, for those who tell of it: the list of api_resource.h, its OpenAPI
// document, its page. Made once, not for each request.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/message/api.h>
#include <couplet/protocols/message/detail/json_text.h>
#include <couplet/protocols/message/detail/value_type.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

struct DescribedMember {
  std::string_view name;
  const ValueType* type;
  std::optional<std::string> byDefault;  // JSON; nothing where it has none, as NaN
};

/// A message that the API has.
struct DescribedMessage {
  const MessageType* type;
  std::string key;  // its name, or one that is made of it: unique, of letters, digits and "._-"
  std::vector<DescribedMember> members;
  bool isReached = false;  // an answer, or in another: requests need not be
};

struct DescribedRequest {
  const DescribedMessage* message;
  const DescribedMessage* answer;
};

/// All that an Api's requests, their answers and their members are; each message once, so that one
/// may be inside of itself. Views what the Api's messages are, which is constant.
class ApiDescription {
 public:
  explicit ApiDescription(const Api& api);
  ApiDescription(const ApiDescription&) = delete;
  ApiDescription& operator=(const ApiDescription&) = delete;

  /// The module of the first request: "crunch_api".
  std::string_view title() const noexcept;
  const std::vector<DescribedRequest>& requests() const noexcept { return requests_; }
  /// The requests, and what is reached from them.
  const std::deque<DescribedMessage>& messages() const noexcept { return messages_; }
  /// REQUIRES: `type` was reached
  const DescribedMessage& of(const MessageType& type) const noexcept;

 private:
  DescribedMessage* find(const MessageType& type) noexcept;
  DescribedMessage& add(const MessageType& type);
  DescribedMessage& reach(const MessageType& type);
  void reachIn(const ValueType* type);
  std::string newKey(std::string_view name) const;

  std::deque<DescribedMessage> messages_;
  std::vector<DescribedRequest> requests_;
};

/// Writes types as JSON Schema (2020-12).
class SchemaWriter {
 public:
  /// Messages are `{"$ref":"..."}`: `messages` and the key. All must outlive it.
  SchemaWriter(JSONText& json, const ApiDescription& api, std::string_view messages)
      : json_(json), api_(api), messages_(messages) {}

  /// An object with the schema, and the default.
  void write(const ValueType* type, const std::optional<std::string>& byDefault = std::nullopt);
  void writeRef(const DescribedMessage& message);
  /// That of the message itself: an object that has no other members.
  void writeMessage(const DescribedMessage& message);

 private:
  enum class OrNull : bool { kNo, kYes };

  void fields(const ValueType* type, OrNull orNull);
  void is(std::string_view type, OrNull orNull);
  void integer(const IntegerType& type);
  void text(const TextType& type);
  void names(const TextType& type);
  void optional(const ValueType* inner);
  void list(const ListType& type);
  void pair(const PairType& type);

  JSONText& json_;
  const ApiDescription& api_;
  const std::string_view messages_;
};

/// The list that `GET /` gives: see ApiResource.
std::string listingOf(const ApiDescription& api);

/// Whether a query has it as JSON: a list, an object or a message.
bool isNested(const ValueType* type) noexcept;

/// What an optional may have; any other type itself.
const ValueType* withoutOptional(const ValueType* type) noexcept;

bool isEnumeration(const ValueType* type) noexcept;

}  // namespace couplet::detail
#pragma GCC visibility pop
