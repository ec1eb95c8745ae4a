// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/acquired.h>

#include <stdexcept>

namespace couplet {

Acquired& Acquired::operator=(Acquired&& other) noexcept {
  Acquired taken(std::move(other));
  std::swap(taken.tokens_, tokens_);
  return *this;
}

Acquired::~Acquired() {
  if (tokens_) release();
}

void Acquired::release() {
  if (!tokens_) {
    throw std::logic_error("couplet: release() of what is not held: it was released or moved from");
  }
  detail::CountedPtr<detail::Tokens> tokens = std::move(tokens_);
  tokens->giveBack();
}

}  // namespace couplet
