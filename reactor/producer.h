// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What writes more than a connection can take at once, and is told when to hold on.
#pragma once

#include <cstddef>

#pragma GCC visibility push(default)
namespace couplet {

/// A source of bytes for a transport. Twisted's IPushProducer and IPullProducer in one.
///
/// Registered as streaming (push) it writes by itself, holds on at `pauseProducing` and goes on at
/// `resumeProducing`; otherwise (pull) it writes once for each `resumeProducing`. It calls
/// `unregisterProducer` on the transport when it has no more. Not owned by the transport: it must
/// live until then, or until `stopProducing`.
class Producer {
 public:
  /// More unsent bytes than this are too much: a producer that pushes is told to hold on.
  static constexpr std::size_t kHighMark = 64 * 1024;

  virtual ~Producer() = default;

  /// Push: go on. Pull: write some now.
  virtual void resumeProducing() = 0;

  /// Push only: more than the high mark is unsent; hold on until `resumeProducing`.
  virtual void pauseProducing() {}

  /// The connection is gone; the transport has forgotten this producer.
  virtual void stopProducing() = 0;
};

}  // namespace couplet
#pragma GCC visibility pop
