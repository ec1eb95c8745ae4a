// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The bodies of deferred_queue.h, which includes this.
#pragma once

#include <utility>

#include <couplet/deferred/deferred_queue.h>

#pragma GCC visibility push(default)
namespace couplet {

template <class T>
DeferredQueue<T>::DeferredQueue(QueueLimits limits) : limits_(limits), shared_(new Shared) {}

template <class T>
DeferredQueue<T>::~DeferredQueue() {
  shared_->items.clear();
  shared_->line.abandon();
}

// Not from within itself: those who get one and put the next would make the stack grow.
template <class T>
void DeferredQueue<T>::put(T item, SourceLocation here) {
  if (limits_.size && waiting() == 0 && size() >= *limits_.size) throw QueueOverflow();
  if (shared_->handing || shared_->line.empty()) {
    shared_->items.push_back(std::move(item));
    return;
  }
  detail::CountedPtr<Shared> shared = shared_;
  shared->handing = true;
  shared->line.leave().callback(std::move(item), here);
  while (!shared->items.empty() && !shared->line.empty()) shared->handOver(here);
  shared->handing = false;
}

template <class T>
Deferred<T> DeferredQueue<T>::get(SourceLocation here) {
  if (!empty() && shared_->line.empty()) return shared_->take(here);
  if (limits_.backlog && empty() && waiting() >= *limits_.backlog) throw QueueUnderflow();
  return shared_->line.join(here);
}

template <class T>
Deferred<T> DeferredQueue<T>::Shared::take(SourceLocation here) {
  return succeed(std::move(takeFirst().front()), here);
}

template <class T>
void DeferredQueue<T>::Shared::handOver(SourceLocation here) {
  line.leave().callback(std::move(takeFirst().front()), here);
}

// In its node: an item that throws where it is moved fails the Deferred, and not the queue.
template <class T>
std::list<T, RecycledAllocator<T>> DeferredQueue<T>::Shared::takeFirst() {
  std::list<T, RecycledAllocator<T>> first;
  first.splice(first.begin(), items, items.begin());
  return first;
}

}  // namespace couplet
#pragma GCC visibility pop
