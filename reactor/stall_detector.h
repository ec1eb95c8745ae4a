// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A callback that takes long, or waits for something, keeps its reactor from everybody else. A
// thread beside each LibeventReactor that runs with a stall limit (ReactorOptions::stallLimit)
// finds it while it still does so, and names it:
//
//     A callback blocks the reactor, for 100 ms so far: callback attached at poems.cc:42, for the
//     connection with 127.0.0.1:41022 (PoetryProtocol), of the port listened on at poems.cc:60
//     A callback blocked the reactor for 1.53 s: callback attached at poems.cc:42, for ...
//
// It looks, and never interrupts: what blocks is not woken by a signal. It sleeps while the reactor
// waits for events. The thread is made by `run` and joined when that returns, so that a program
// may fork, or become a daemon, before.
#pragma once

#include <iosfwd>
#include <string>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

/// A callback that ran for longer than the limit: one of a Deferred, a call that was due or came
/// from another thread, a method of a Protocol.
struct Stall {
  bool over;          ///< it has returned; else it runs yet
  Duration duration;  ///< how long it ran, or has run so far
  /// Where the innermost callback that ran when it was found was attached, the call set, or the
  /// connection's port listened on. Line 0 where that is not known.
  SourceLocation where;
  std::string callback;  ///< all that is known of it, as above; the same in both reports
};

/// One line, as above.
std::ostream& operator<<(std::ostream& out, const Stall& stall);

/// Hears of each stall twice: once while it lasts and once when it is over. Called on the thread
/// that watches, in order. Must not throw.
using StallFunction = void (*)(const Stall& stall);

/// Sets it for all reactors and returns the one before. Null sets the default, which logs the line
/// as a warning.
StallFunction setStallFunction(StallFunction report) noexcept;

}  // namespace couplet
#pragma GCC visibility pop
