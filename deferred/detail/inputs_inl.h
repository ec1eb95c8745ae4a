// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The types of gather_results.h, deferred_list.h and race.h, which include this.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/inputs.h>
#include <couplet/deferred/detail/several.h>
#include <couplet/deferred/detail/shared_canceller.h>
#include <couplet/deferred/errors.h>
#include <couplet/deferred/recycled_allocator.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

template <class... Is>
constexpr bool checkInputs() {
  constexpr bool kFit = (kIsDeferred<Is> && ...);
  static_assert(
      kFit,
      "couplet: an input of gatherResults, DeferredList or race is a Deferred, or all are "
      "in one vector: write f(), and std::move(deferred) for one that has a name; "
      "callables are for concurrently");
  return kFit;
}

template <class T>
using ResultVector =
    std::vector<std::optional<Result<T>>, RecycledAllocator<std::optional<Result<T>>>>;
template <class... T>
using ResultTuple = std::tuple<std::optional<Result<T>>...>;

template <class T>
ItemValue<T> takeValue(std::optional<Result<T>>& result) {
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result).value();
  }
}

template <class T>
void forget(ResultVector<T>& results) {
  for (auto& result : results) result.reset();
}
template <class... T>
void forget(ResultTuple<T...>& results) {
  std::apply([](auto&... result) { (result.reset(), ...); }, results);
}

// What becomes of the results. `one` is for rules where the first value fires.

struct Gathered {
  static constexpr InputRules kRules = {.fireOnOneErrback = true};

  template <class T>
  static Result<AnswerOfVector<T>> all(ResultVector<T>& results) {
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      std::vector<T> values;
      values.reserve(results.size());
      for (auto& result : results) values.push_back(takeValue(result));
      return values;
    }
  }
  template <class... T>
  static Result<AnswerOfTuple<T...>> all(ResultTuple<T...>& results) {
    if constexpr ((std::is_void_v<T> && ...)) {
      return {};
    } else {
      return std::apply([](auto&... result) { return AnswerOfTuple<T...>(takeValue(result)...); },
                        results);
    }
  }
};

/// A value with its place among the inputs, where there is a value.
template <class T>
struct ValueAndPlace {
  using Type = std::pair<T, std::size_t>;
};
template <>
struct ValueAndPlace<void> {
  using Type = std::size_t;
};
template <class T>
struct PlaceAndValue {
  using Type = std::pair<std::size_t, T>;
};
template <>
struct PlaceAndValue<void> {
  using Type = std::size_t;
};

template <bool OnOneErrback>
struct Listed {
  static constexpr InputRules kRules = {.fireOnOneErrback = OnOneErrback};

  template <class T>
  static Result<std::vector<Result<T>>> all(ResultVector<T>& results) {
    std::vector<Result<T>> list;
    list.reserve(results.size());
    for (auto& result : results) list.push_back(std::move(*result));
    return list;
  }
  template <class... T>
  static Result<std::tuple<Result<T>...>> all(ResultTuple<T...>& results) {
    return std::apply(
        [](auto&... result) { return std::tuple<Result<T>...>(std::move(*result)...); }, results);
  }
};

template <class T>
typename ValueAndPlace<T>::Type takeValueAndPlace(ResultVector<T>& results, std::size_t index) {
  if constexpr (std::is_void_v<T>) {
    return index;
  } else {
    return {takeValue(results[index]), index};
  }
}

struct ListedUntilOne {
  static constexpr InputRules kRules = {.fireOnOneCallback = true};
  template <class T>
  using Answer = std::variant<typename ValueAndPlace<T>::Type, std::vector<Result<T>>>;

  template <class T>
  static Result<Answer<T>> one(ResultVector<T>& results, std::size_t index) {
    return Answer<T>(takeValueAndPlace(results, index));
  }
  template <class T>
  static Result<Answer<T>> all(ResultVector<T>& results) {
    return Answer<T>(Listed<false>::all(results).value());
  }
};

/// `all` never comes to be called: either one has a value or one has failed.
struct ListedUntilEither {
  static constexpr InputRules kRules = {.fireOnOneCallback = true, .fireOnOneErrback = true};

  template <class T>
  static auto one(ResultVector<T>& results, std::size_t index) {
    return Result<typename ValueAndPlace<T>::Type>(takeValueAndPlace(results, index));
  }
  template <class T>
  static Result<typename ValueAndPlace<T>::Type> all(ResultVector<T>& results) {
    return results.front()->failure();
  }
};

struct Raced {
  static constexpr InputRules kRules = {.fireOnOneCallback = true, .cancelsTheOthers = true};

  template <class T>
  static Result<typename PlaceAndValue<T>::Type> one(ResultVector<T>& results, std::size_t index) {
    if constexpr (std::is_void_v<T>) {
      return index;
    } else {
      return typename PlaceAndValue<T>::Type(index, takeValue(results[index]));
    }
  }
  template <class T>
  static Result<typename PlaceAndValue<T>::Type> all(ResultVector<T>& results) {
    std::vector<Failure> failures;
    for (auto& result : results) failures.push_back(result->failure());
    return Failure(FailureGroup(std::move(failures)));
  }

  template <std::size_t I, class... T>
  static std::variant<ItemValue<T>...> valueAt(ResultTuple<T...>& results) {
    return std::variant<ItemValue<T>...>(std::in_place_index<I>, takeValue(std::get<I>(results)));
  }
  template <class... T>
  static Result<std::variant<ItemValue<T>...>> one(ResultTuple<T...>& results, std::size_t index) {
    static constexpr auto kValues = []<std::size_t... I>(std::index_sequence<I...>) {
      return std::array{&valueAt<I, T...>...};
    }
    (std::index_sequence_for<T...>());
    return kValues[index](results);
  }
  template <class... T>
  static Result<std::variant<ItemValue<T>...>> all(ResultTuple<T...>& results) {
    return std::apply(
        [](auto&... result) {
          return Failure(FailureGroup(std::vector<Failure>{result->failure()...}));
        },
        results);
  }
};

/// Inputs whose results become an R, as Rules say. Results is a vector or a tuple of them.
template <class Rules, class R, class Results>
class InputsGiving : public Inputs {
 public:
  InputsGiving(std::size_t count, SourceLocation here)
      : Inputs(count, Rules::kRules, here), promise_(here) {}

  Deferred<R> begin(std::span<Deferred<void>> places) {
    using Canceller = SharedCanceller<CountedPtr<Inputs>, !Rules::kRules.cancelsTheOthers>;
    Deferred<R> whole = promise_.deferred();
    installCanceller<Canceller>(Access::use(whole), CountedPtr<Inputs>(this));
    Inputs::begin(places);
    return whole;
  }

 protected:
  Results results_;

 private:
  void fireOne(std::size_t index) override {
    if constexpr (Rules::kRules.fireOnOneCallback) {
      fire([&] { return Rules::one(results_, index); });
    }
  }
  void fireAll() override {
    fire([&] { return Rules::all(results_); });
  }
  void fail(Failure failure) override {
    fire([&]() -> Result<R> { return std::move(failure); });
  }

  template <class F>
  void fire(F makeResult) {
    if (!promise_.pending()) return;
    Result<R> result = resultOf(makeResult);
    forget(results_);
    promise_.callback(std::move(result), made());
  }
  template <class F>
  Result<R> resultOf(F& makeResult) {
    try {
      return makeResult();
    } catch (...) {
      return Failure::current(made());
    }
  }

  Promise<R> promise_;
};

template <class Rules, class R, class T>
class InputVector final : public InputsGiving<Rules, R, ResultVector<T>> {
 public:
  InputVector(std::vector<Deferred<T>>&& inputs, SourceLocation here)
      : InputsGiving<Rules, R, ResultVector<T>>(inputs.size(), here),
        inputs_(std::move(inputs)),
        places_(inputs_.size()) {
    this->results_.resize(inputs_.size());
  }

  Deferred<R> begin() { return InputsGiving<Rules, R, ResultVector<T>>::begin(places_); }

 private:
  void followAll() override {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      this->follow(i, std::move(inputs_[i]), this->results_[i]);
    }
    inputs_.clear();
  }

  std::vector<Deferred<T>> inputs_;  // not followed yet
  std::vector<Deferred<void>, RecycledAllocator<Deferred<void>>> places_;
};

template <class Rules, class R, class... T>
class InputTuple final : public InputsGiving<Rules, R, ResultTuple<T...>> {
 public:
  InputTuple(SourceLocation here, Deferred<T>&&... inputs)
      : InputsGiving<Rules, R, ResultTuple<T...>>(sizeof...(T), here),
        inputs_(std::move(inputs)...) {}

  Deferred<R> begin() { return InputsGiving<Rules, R, ResultTuple<T...>>::begin(places_); }

 private:
  void followAll() override { followEach(std::index_sequence_for<T...>()); }

  template <std::size_t... I>
  void followEach(std::index_sequence<I...>) {
    (this->follow(I, std::move(std::get<I>(inputs_)), std::get<I>(this->results_)), ...);
  }

  std::tuple<Deferred<T>...> inputs_;  // not followed yet
  std::array<Deferred<void>, sizeof...(T)> places_;
};

/// Waits until it is cancelled or dropped: it has no Promise.
template <class R>
Deferred<R> neverFires(SourceLocation here) {
  return Access::make<R>(Chain::make(here));
}

template <class R>
struct TypeOfResult;
template <class R>
struct TypeOfResult<Result<R>> {
  using Type = R;
};

template <class Rules, class T>
auto beginInputs(std::vector<Deferred<T>> inputs, SourceLocation here) {
  using Whole = decltype(Rules::all(std::declval<ResultVector<T>&>()));
  using Vector = InputVector<Rules, typename TypeOfResult<Whole>::Type, T>;
  return CountedPtr(new Vector(std::move(inputs), here))->begin();
}

template <class Rules, class... T>
auto beginInputs(SourceLocation here, Deferred<T>&&... inputs) {
  using Whole = decltype(Rules::all(std::declval<ResultTuple<T...>&>()));
  using Tuple = InputTuple<Rules, typename TypeOfResult<Whole>::Type, T...>;
  return CountedPtr(new Tuple(here, std::move(inputs)...))->begin();
}

}  // namespace couplet::detail
#pragma GCC visibility pop
