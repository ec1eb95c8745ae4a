// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. A request of an Api with its handler, for protocols, which do not know its type.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/message/ack.h>
#include <couplet/protocols/message/detail/reply.h>
#include <couplet/protocols/message/detail/type_of.h>
#include <couplet/protocols/message/fault.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/message.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// Fills in a request that has its defaults. Throws what it is to be answered with.
class RequestReader {
 public:
  virtual void read(const MessageType& type, void* request) = 0;

 protected:
  ~RequestReader() = default;
};

class ApiRequest {
 public:
  virtual ~ApiRequest() = default;

  virtual const MessageType& type() const noexcept = 0;
  /// What the handler answers; of one that answers with nothing Ack.
  virtual const MessageType& replyType() const noexcept = 0;

  /// Has it read and handled. Every failure is a reply. `text` is where that goes: empty, and with
  /// the memory that is to be used again.
  Answered answer(RequestReader& reader, std::string text, const ReplyForm& form);

 private:
  /// The same; may throw.
  virtual Answered handle(RequestReader& reader, std::string& text, const ReplyForm& form) = 0;
};

/// What a handler returns for each request.
template <class T>
struct Given {
  using Value = T;
  static constexpr bool kFits = std::is_void_v<T> || Message<T>;
  static constexpr bool kIsLater = false;
};
template <class T>
struct Given<Result<T>> : Given<T> {};
template <class T>
struct Given<Deferred<T>> : Given<T> {
  static constexpr bool kIsLater = true;
};

template <class T>
Reply replyWith(const T& message, std::string& text, const ReplyForm& form) {
  if constexpr (std::derived_from<T, Fault>) {
    return replyOf(message, std::move(text), form);
  } else {
    return replyOf(TypeOf<T>::value, &message, std::move(text), form);
  }
}

template <class R, class H>
inline constexpr bool kHandles = std::is_invocable_v<H&, R&>;

template <Message R, class H>
class Handling final : public ApiRequest {
 public:
  explicit Handling(H& handler) noexcept : handler_(handler) {}

  const MessageType& type() const noexcept override { return TypeOf<R>::value; }
  const MessageType& replyType() const noexcept override {
    return TypeOf<std::conditional_t<std::is_void_v<Value>, Ack, Value>>::value;
  }

 private:
  using Returned = std::invoke_result_t<H&, R&>;
  using Value = typename Given<Returned>::Value;

  Answered handle(RequestReader& reader, std::string& text, const ReplyForm& form) override {
    R request{};
    reader.read(TypeOf<R>::value, &request);
    if constexpr (Given<Returned>::kIsLater) {
      return handleLater(std::move(request), text, form);
    } else if constexpr (std::is_void_v<Returned>) {
      handler_(request);
      return replyWith(Ack(), text, form);
    } else if constexpr (Message<Returned>) {
      return replyWith(handler_(request), text, form);
    } else {
      return replyWithResult(handler_(request), text, form);
    }
  }

  static Reply replyWithResult(const Result<Value>& result, std::string& text,
                               const ReplyForm& form) {
    constexpr std::string_view kName = TypeOf<R>::value.shortName();
    if (!result) return replyOf(result.failure(), kName, std::move(text), form);
    try {
      if constexpr (std::is_void_v<Value>) {
        return replyWith(Ack(), text, form);
      } else {
        return replyWith(result.value(), text, form);
      }
    } catch (...) {
      return replyOf(Failure::current(), kName, "", form);
    }
  }

  /// The closure has the request, and lives until a coroutine that it returned has ended.
  Answered handleLater(R request, std::string& text, const ReplyForm& form) {
    auto given = succeed().addCallback(
        [this, request = std::move(request)]() mutable { return handler_(request); });
    return put(std::move(given), std::move(text), form);
  }

  Answered put(Deferred<Value> given, std::string text, const ReplyForm& form) {
    return std::move(given).addBoth(
        [text = std::move(text), form](const Result<Value>& result) mutable -> Reply {
          return replyWithResult(result, text, form);
        });
  }

  H& handler_;
};

/// Which of the handlers takes R.
template <class R, class... H>
constexpr std::size_t indexOfHandler() {
  const bool takes[] = {kHandles<R, H>..., false};
  std::size_t index = 0;
  while (index < sizeof...(H) && !takes[index]) ++index;
  return index;
}

template <class R, class H>
std::unique_ptr<ApiRequest> newHandlingBy(H& handler) {
  constexpr bool kFits = Given<std::invoke_result_t<H&, R&>>::kFits;
  static_assert(
      kFits,
      "couplet: a handler of the Api must return a message, a fault, nothing, or a Result "
      "or Deferred of these");
  if constexpr (kFits) {
    return std::make_unique<Handling<R, H>>(handler);
  } else {
    return nullptr;
  }
}

template <class R, class... H>
std::unique_ptr<ApiRequest> newHandling(std::tuple<H...>& handlers) {
  constexpr std::size_t kHandlers = (std::size_t{kHandles<R, H>} + ... + 0);
  static_assert(kHandlers != 0,
                "couplet: a request of the Api has no handler: none takes a `const R&`");
  static_assert(kHandlers < 2, "couplet: a request of the Api has several handlers");
  if constexpr (kHandlers == 1) {
    return newHandlingBy<R>(std::get<indexOfHandler<R, H...>()>(handlers));
  } else {
    return nullptr;
  }
}

}  // namespace couplet::detail
#pragma GCC visibility pop
