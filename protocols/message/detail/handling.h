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
#include <couplet/deferred/recycled_allocator.h>
#include <couplet/protocols/message/ack.h>
#include <couplet/protocols/message/detail/reply.h>
#include <couplet/protocols/message/detail/type_of.h>
#include <couplet/protocols/message/fault.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/message/message.h>
#include <couplet/protocols/message/service.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// Fills in a request that has its defaults. Throws what it is to be answered with.
class RequestReader {
 public:
  virtual void read(const MessageType& type, void* request) = 0;

 protected:
  ~RequestReader() = default;
};

/// A request on its way to its handler, and back.
struct ApiCall {
  RequestReader& reader;
  std::string text;  // where the reply goes: empty, and with the memory that is to be used again
  const ReplyForm& form;
  const std::shared_ptr<void>& session;  // the connection's object; null where the Api has none
  Service::Transaction transaction;
};

class ApiRequest {
 public:
  virtual ~ApiRequest() = default;

  virtual const MessageType& type() const noexcept = 0;
  /// What the handler answers; of one that answers with nothing Ack.
  virtual const MessageType& replyType() const noexcept = 0;

  /// Has it read and handled. Every failure is a reply.
  Answered answer(RequestReader& reader, std::string text, const ReplyForm& form,
                  const std::shared_ptr<void>& session = nullptr);

  /// Null where nothing is expected of it.
  std::shared_ptr<Service> service;

 private:
  /// The same; may throw, and then leaves the call its text and its transaction.
  virtual Answered handle(ApiCall& call) = 0;
};

/// Whether a reply says that the service has failed, and not who asked it.
constexpr bool isServiceFailure(const Reply& reply) noexcept { return reply.status >= 500; }

/// The connection's object, kept for a handler that takes it.
template <bool kTaken>
class KeptObject {
 public:
  explicit KeptObject(const std::shared_ptr<void>& object) : object_(object) {}
  void* get() const noexcept { return object_.get(); }

 private:
  std::shared_ptr<void> object_;
};
template <>
class KeptObject<false> {
 public:
  explicit KeptObject(const std::shared_ptr<void>&) noexcept {}
  void* get() const noexcept { return nullptr; }
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

/// Whether it takes the connection's object, an S, beside the request. There is none where that is
/// void.
template <class R, class H, class S>
inline constexpr bool kTakesSession = std::is_invocable_v<H&, R&, std::add_lvalue_reference_t<S>>;
template <class R, class H>
inline constexpr bool kTakesSession<R, H, void> = false;

template <class R, class H, class S>
inline constexpr bool kHandles = std::is_invocable_v<H&, R&> || kTakesSession<R, H, S>;

template <class R, class H, class S>
decltype(auto) callHandler(H& handler, R& request, void* session) {
  if constexpr (kTakesSession<R, H, S>) {
    return handler(request, *static_cast<S*>(session));
  } else {
    return handler(request);
  }
}

template <class R, class H, class S>
using Returned = decltype(callHandler<R, H, S>(std::declval<H&>(), std::declval<R&>(), nullptr));

template <Message R, class H, class S>
class Handling final : public ApiRequest {
 public:
  explicit Handling(H& handler) noexcept : handler_(handler) {}

  const MessageType& type() const noexcept override { return TypeOf<R>::value; }
  const MessageType& replyType() const noexcept override {
    return TypeOf<std::conditional_t<std::is_void_v<Value>, Ack, Value>>::value;
  }

 private:
  using Given = detail::Given<Returned<R, H, S>>;
  using Value = typename Given::Value;

  Answered handle(ApiCall& call) override {
    R request{};
    call.reader.read(TypeOf<R>::value, &request);
    if (service) call.transaction = service->begin();
    if constexpr (Given::kIsLater) {
      return handleLater(std::move(request), call);
    } else {
      return handleNow(request, call);
    }
  }

  Reply handleNow(R& request, ApiCall& call) {
    const auto given = [&]() -> decltype(auto) {
      return callHandler<R, H, S>(handler_, request, call.session.get());
    };
    if constexpr (std::is_void_v<Returned<R, H, S>>) {
      given();
      return replyWith(Ack(), call.text, call.form);
    } else if constexpr (Message<Returned<R, H, S>>) {
      return replyWith(given(), call.text, call.form);
    } else {
      return replyWithResult(given(), call.text, call.form);
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

  /// What the handler may use until it has answered.
  struct Kept {
    Kept(R asked, const std::shared_ptr<void>& object)
        : request(std::move(asked)), session(object) {}
    R request;
    [[no_unique_address]] KeptObject<kTakesSession<R, H, S>> session;
  };

  Answered handleLater(R request, ApiCall& call) {
    auto kept =
        std::allocate_shared<Kept>(RecycledAllocator<Kept>(), std::move(request), call.session);
    auto given = succeed().addCallback([&handler = handler_, kept] {
      return callHandler<R, H, S>(handler, kept->request, kept->session.get());
    });
    return put(std::move(given), call, std::move(kept));
  }

  Answered put(Deferred<Value> given, ApiCall& call, std::shared_ptr<Kept> kept) {
    return std::move(given).addBoth([text = std::move(call.text), form = call.form,
                                     transaction = std::move(call.transaction),
                                     kept = std::move(kept)](const Result<Value>& result) mutable {
      Reply reply = replyWithResult(result, text, form);
      transaction.ended(isServiceFailure(reply));
      return reply;
    });
  }

  H& handler_;
};

/// Which of the handlers takes R.
template <class R, class S, class... H>
constexpr std::size_t indexOfHandler() {
  const bool takes[] = {kHandles<R, H, S>..., false};
  std::size_t index = 0;
  while (index < sizeof...(H) && !takes[index]) ++index;
  return index;
}

template <class R, class S, class H>
std::unique_ptr<ApiRequest> newHandlingBy(H& handler) {
  constexpr bool kFits = Given<Returned<R, H, S>>::kFits;
  static_assert(
      kFits,
      "couplet: a handler of the Api must return a message, a fault, nothing, or a Result "
      "or Deferred of these");
  if constexpr (kFits) {
    return std::make_unique<Handling<R, H, S>>(handler);
  } else {
    return nullptr;
  }
}

template <class R, class S, class... H>
std::unique_ptr<ApiRequest> newHandling(std::tuple<H...>& handlers) {
  constexpr std::size_t kHandlers = (std::size_t{kHandles<R, H, S>} + ... + 0);
  static_assert(kHandlers != 0,
                "couplet: a request of the Api has no handler: none takes a `const R&`");
  static_assert(kHandlers < 2, "couplet: a request of the Api has several handlers");
  if constexpr (kHandlers == 1) {
    return newHandlingBy<R, S>(std::get<indexOfHandler<R, S, H...>()>(handlers));
  } else {
    return nullptr;
  }
}

}  // namespace couplet::detail
#pragma GCC visibility pop
