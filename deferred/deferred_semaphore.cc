// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/deferred_semaphore.h>

#include <stdexcept>

namespace couplet {

DeferredSemaphore::DeferredSemaphore(std::size_t limit) : limit_(limit) {
  if (limit == 0) throw std::invalid_argument("couplet: a DeferredSemaphore has one token or more");
  tokens_ = detail::CountedPtr<detail::Tokens>(new detail::Tokens(limit));
}

DeferredSemaphore::~DeferredSemaphore() { tokens_->abandon(); }

Deferred<Acquired> DeferredSemaphore::acquire(SourceLocation here) {
  return tokens_->acquire(here);
}

}  // namespace couplet
