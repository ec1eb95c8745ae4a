// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. Items under way, all at once or one after the other, until each has its answer, or one
// failed, or the whole was ended.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <couplet/deferred/deferred.h>

#pragma GCC visibility push(default)
namespace couplet::detail {

/// What concurrently and sequentially do, whatever the types. Lives as long as an item's callback,
/// or the canceller of the whole, does.
class Items : public std::enable_shared_from_this<Items> {
 public:
  Items(std::size_t count, SourceLocation made) noexcept : count_(count), made_(made) {}
  Items(const Items&) = delete;
  Items& operator=(const Items&) = delete;
  virtual ~Items() = default;

  // For the canceller of the whole.
  void cancel(SourceLocation where);
  void discard() noexcept;
  void waitsFor(WaitingFor& waiting) const;

 protected:
  /// Where the whole was made.
  SourceLocation made() const noexcept { return made_; }

  /// `places`: as many as there may be items at once, which is all or one; they live as long as
  /// this.
  void begin(std::span<Deferred<void>> places);

  /// Lets the answer of an item come to `value`, which lives as long as this.
  template <class T, class Value>
  Deferred<void> follow(std::size_t index, Deferred<T> item, std::optional<Value>& value);

 private:
  /// Whether it is a Deferred, and so has begun before this.
  virtual bool runsAlready(std::size_t index) const noexcept = 0;
  /// Calls it if it is a callable, and follows it. What this throws, as a move may, is a failure of
  /// the item.
  virtual Deferred<void> start(std::size_t index) = 0;
  /// Fires the whole with the values.
  virtual void finish() = 0;
  /// Fires the whole with a failure, unless it has ended meanwhile.
  virtual void fail(Failure failure) = 0;

  void arrived(std::size_t index);
  void failed(std::size_t index, const Failure& failure);
  void goOn();
  void keep(std::size_t index);
  void endAll(SourceLocation where);
  void end(Deferred<void> item, SourceLocation where);
  std::string namesOfMissing() const;
  Deferred<void>& placeOf(std::size_t index) noexcept { return places_[index % places_.size()]; }

  std::span<Deferred<void>> places_;  // of the items under way; the others are empty
  std::size_t count_;
  SourceLocation made_;
  std::size_t begun_ = 0;    // the next callable to be called, if it is one
  std::size_t arrived_ = 0;  // how many have answered
  bool beginning_ = false;   // goOn is on the stack
  bool cancelled_ = false;   // no item is begun any more
  bool over_ = false;        // what items answer goes nowhere
  bool discarded_ = false;
};

template <class T, class Value>
Deferred<void> Items::follow(std::size_t index, Deferred<T> item, std::optional<Value>& value) {
  auto self = shared_from_this();
  auto answered = [self, index, &value](auto&&... answer) {
    value.emplace(std::move(answer)...);
    self->arrived(index);
  };
  auto failed = [self, index](const Failure& failure) { self->failed(index, failure); };
  return std::move(item).addCallback(std::move(answered), made_).addErrback(failed, made_);
}

}  // namespace couplet::detail
#pragma GCC visibility pop
