// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The bodies of gather_results.h, which includes this.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <couplet/deferred/detail/shared_canceller.h>
#include <couplet/deferred/gather_results.h>

#pragma GCC visibility push(default)
namespace couplet {

namespace detail {

/// What the inputs of a gatherResults share: its Promise, and they themselves, to cancel. Lives as
/// long as an input's callback, or the canceller, does.
class Gathering {
 public:
  virtual ~Gathering() = default;

  void cancel(SourceLocation where);
  void discard();

 protected:
  std::vector<Deferred<void>> inputs_;  // each with its callbacks on
};

template <class T>
class ValueGathering : public Gathering, public std::enable_shared_from_this<ValueGathering<T>> {
 public:
  ValueGathering(std::size_t count, SourceLocation here)
      : promise_(here), values_(count), missing_(count) {}

  Deferred<std::vector<T>> begin(std::vector<Deferred<T>> inputs, SourceLocation here) {
    Deferred<std::vector<T>> all = promise_.deferred();
    installCanceller<SharedCanceller<Gathering>>(Access::use(all), this->shared_from_this());
    inputs_.reserve(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) add(i, std::move(inputs[i]), here);
    if (inputs.empty()) finish();
    return all;
  }

 private:
  void add(std::size_t index, Deferred<T> input, SourceLocation here) {
    auto self = this->shared_from_this();
    inputs_.push_back(
        std::move(input)
            .addCallback([self, index](T value) { self->arrived(index, std::move(value)); }, here)
            .addErrback([self, index](const Failure& failure) { self->failed(index, failure); },
                        here));
  }

  void arrived(std::size_t index, T value) {
    values_[index].emplace(std::move(value));
    if (--missing_ == 0 && promise_.pending()) finish();
  }

  void failed(std::size_t index, const Failure& failure) {
    if (promise_.pending())
      promise_.errback(Failure(FirstError(index, failure), failure.raisedAt()));
  }

  void finish() {
    std::vector<T> values;
    values.reserve(values_.size());
    for (auto& value : values_) values.push_back(std::move(*value));
    promise_.callback(std::move(values));
  }

  Promise<std::vector<T>> promise_;
  std::vector<std::optional<T>> values_;
  std::size_t missing_;
};

}  // namespace detail

template <class T>
Deferred<std::vector<T>> gatherResults(std::vector<Deferred<T>> inputs, SourceLocation here) {
  auto gathering = std::make_shared<detail::ValueGathering<T>>(inputs.size(), here);
  return gathering->begin(std::move(inputs), here);
}

}  // namespace couplet
#pragma GCC visibility pop
