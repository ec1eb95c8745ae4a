// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The types of concurrently.h and sequentially.h, which include this.
#pragma once

#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/detail/items.h>
#include <couplet/deferred/detail/several.h>
#include <couplet/deferred/detail/shared_canceller.h>
#include <couplet/deferred/recycled_allocator.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

// What an item may be. Each mistake is one error with what to write instead.

/// The type of an item's answer.
template <class Item>
struct AnswerOfItem : NextOf<Item, void> {};
template <class T>
struct AnswerOfItem<Deferred<T>> {
  using Type = T;
};

struct ItemOfConcurrently {
  template <class Item>
  static constexpr bool check() {
    constexpr bool kFits = kIsDeferred<Item> || kTakesValue<Item, void>;
    static_assert(kFits,
                  "couplet: an item of concurrently is called without arguments, or is a Deferred: "
                  "write [&] { return request(); }");
    return kFits;
  }
};

struct ItemOfSequentially {
  template <class Item>
  static constexpr bool check() {
    constexpr bool kFits = !kIsDeferred<Item> && kTakesValue<Item, void>;
    static_assert(kFits,
                  "couplet: an item of sequentially is called without arguments when its turn has "
                  "come, so it is no Deferred: write [&] { return request(); }");
    return kFits;
  }
};

/// Takes it out of its place, so that it ends when its answer is there.
template <class Item>
auto startItem(std::optional<Item>& place, SourceLocation here) {
  Item item = std::move(*place);
  place.reset();
  if constexpr (kIsDeferred<Item>) {
    return item;
  } else {
    return maybeDeferred(std::move(item), here);
  }
}

/// Items with an answer R.
template <class R>
class ItemsGiving : public Items {
 public:
  ItemsGiving(std::size_t count, SourceLocation here) : Items(count, here), promise_(here) {}

  Deferred<R> begin(std::span<Deferred<void>> places) {
    Deferred<R> whole = promise_.deferred();
    installCanceller<SharedCanceller<std::shared_ptr<Items>>>(Access::use(whole),
                                                              shared_from_this());
    Items::begin(places);
    return whole;
  }

 private:
  virtual R takeValues() = 0;

  void finish() override {
    if constexpr (std::is_void_v<R>) {
      promise_.callback(made());
    } else {
      promise_.callback(valuesOrFailure(), made());
    }
  }

  Result<R> valuesOrFailure() {
    try {
      return takeValues();
    } catch (...) {
      return Failure::current(made());
    }
  }

  void fail(Failure failure) override {
    if (promise_.pending()) promise_.errback(std::move(failure), made());
  }

  Promise<R> promise_;
};

/// Items of any types, `AtOnce` of them at once.
template <std::size_t AtOnce, class R, class... Is>
class ItemTuple final : public ItemsGiving<R> {
 public:
  ItemTuple(SourceLocation here, Is&&... items)
      : ItemsGiving<R>(sizeof...(Is), here), items_(std::move(items)...) {}

  Deferred<R> begin() { return ItemsGiving<R>::begin(places_); }

 private:
  bool runsAlready(std::size_t index) const noexcept override {
    static constexpr std::array kRuns = {kIsDeferred<Is>...};
    return kRuns[index];
  }

  Deferred<void> start(std::size_t index) override {
    static constexpr auto kStarts = []<std::size_t... I>(std::index_sequence<I...>) {
      return std::array{&ItemTuple::startAt<I>...};
    }
    (std::index_sequence_for<Is...>());
    return (this->*kStarts[index])();
  }

  template <std::size_t I>
  Deferred<void> startAt() {
    return this->follow(I, startItem(std::get<I>(items_), this->made()), std::get<I>(values_));
  }

  R takeValues() override {
    if constexpr (!std::is_void_v<R>) {
      return std::apply([](auto&... values) { return R(std::move(*values)...); }, values_);
    }
  }

  std::tuple<std::optional<Is>...> items_;  // not begun
  std::tuple<std::optional<ItemValue<typename AnswerOfItem<Is>::Type>>...> values_;
  std::array<Deferred<void>, AtOnce> places_;
};

/// Items of one type.
template <class R, class Item>
class ItemVector final : public ItemsGiving<R> {
 public:
  ItemVector(std::vector<Item> items, std::size_t atOnce, SourceLocation here)
      : ItemsGiving<R>(items.size(), here),
        items_(std::make_move_iterator(items.begin()), std::make_move_iterator(items.end())),
        values_(items_.size()),
        places_(atOnce) {}

  Deferred<R> begin() { return ItemsGiving<R>::begin(places_); }

 private:
  bool runsAlready(std::size_t) const noexcept override { return kIsDeferred<Item>; }

  Deferred<void> start(std::size_t index) override {
    return this->follow(index, startItem(items_[index], this->made()), values_[index]);
  }

  R takeValues() override {
    if constexpr (!std::is_void_v<R>) {
      R values;
      values.reserve(values_.size());
      for (auto& value : values_) values.push_back(std::move(*value));
      return values;
    }
  }

  std::vector<std::optional<Item>> items_;  // not begun
  std::vector<std::optional<ItemValue<typename AnswerOfItem<Item>::Type>>> values_;
  std::vector<Deferred<void>> places_;
};

template <class Rules, std::size_t AtOnce, class... Is>
auto beginItems(SourceLocation here, Is&&... items) {
  if constexpr ((Rules::template check<Is>() && ...)) {
    using R = AnswerOfTuple<typename AnswerOfItem<Is>::Type...>;
    using Tuple = ItemTuple<AtOnce, R, Is...>;
    return std::allocate_shared<Tuple>(RecycledAllocator<Tuple>(), here, std::move(items)...)
        ->begin();
  } else {
    return MistakenItems<sizeof...(Is)>();
  }
}

template <class Rules, class Item>
auto beginItems(std::vector<Item> items, std::size_t atOnce, SourceLocation here) {
  if constexpr (Rules::template check<Item>()) {
    using Vector = ItemVector<AnswerOfVector<typename AnswerOfItem<Item>::Type>, Item>;
    return std::make_shared<Vector>(std::move(items), atOnce, here)->begin();
  } else {
    return Mistaken();
  }
}

}  // namespace couplet::detail
#pragma GCC visibility pop
