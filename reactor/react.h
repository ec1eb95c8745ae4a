// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A program that is one Deferred. Twisted's task.react. couplet::runProgram has settings, flags and
// a result that is printed as well.
//
//     Deferred<void> fetch(Reactor& reactor) { ... }
//
//     int main() { return couplet::react(fetch); }
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/reactor/reactor.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Ends `react` with this status, and without a word. Python's SystemExit.
class SystemExit : public std::exception {
 public:
  explicit SystemExit(int code) noexcept : code_(code) {}
  int code() const noexcept { return code_; }
  const char* what() const noexcept override { return "SystemExit"; }

 private:
  int code_;
};

namespace detail {
int react(Reactor& reactor, Callable<Deferred<void>(Reactor& reactor)> main);
}

/// Runs `reactor`, calls `main(reactor)` when it runs, and stops it when the Deferred that this
/// answers has fired, or the coroutine that it is has ended. Returns the exit status: 0, also where
/// the reactor was stopped before, by `main` or a signal; 1 for a failure, which is logged as `main
/// function encountered error`; or that of a SystemExit. What the Deferred then still waits for is
/// discarded. Throws what `Reactor::run` throws.
template <class Main>
int react(Reactor& reactor, Main main) {
  static_assert(std::is_invocable_v<Main&, Reactor&>,
                "couplet: the main function of react takes a couplet::Reactor&");
  return detail::react(reactor, [main = std::move(main)](Reactor& running) mutable {
    return maybeDeferred([&] { return main(running); }).addCallback([](auto&&...) {});
  });
}

/// The same with a reactor of its own.
template <class Main>
int react(Main main) {
  return react(*newReactor(), std::move(main));
}

}  // namespace couplet
#pragma GCC visibility pop
