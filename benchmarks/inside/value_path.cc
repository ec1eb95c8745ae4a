// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Prints the address of each instruction that a value's way through a Deferred executes, for
// benchmarks/value_path, which knows what to look for; with an argument, those of ways that are
// known to be wrong. Once warm, and with a second thread about,
// so that what counts differently in a program of one thread does not go unseen.
//
// The processor does it: with the trap flag set it raises SIGTRAP after each instruction. x86-64.
#include <ucontext.h>
#include <x86intrin.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <couplet/deferred/deferred.h>

namespace {

using couplet::Deferred;
using couplet::Promise;

constexpr unsigned long long kTrapFlag = 0x100;

std::vector<std::uintptr_t> executed;  // reserved beforehand; written by the signal handler

void remember(int, siginfo_t*, void* context) {
  const auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  if (executed.size() < executed.capacity()) executed.push_back(registers[REG_RIP]);
}

int sum = 0;

auto addUp() {
  return [](int value) { return sum += value; };
}

void fire() {
  Promise<int> promise;
  Deferred<int> last =
      promise.deferred().addCallback(addUp()).addCallback(addUp()).addCallback(addUp());
  promise.callback(1);
}

void fireInnerLater() {
  Promise<int> outer;
  Promise<int> inner;
  Deferred<int> last =
      outer.deferred().addCallback([&](int) { return inner.deferred(); }).addCallback(addUp());
  outer.callback(1);
  inner.callback(2);
}

Deferred<int> awaitBoth(Deferred<int> deferred) {
  const int ready = co_await couplet::succeed(1);
  co_return ready + co_await std::move(deferred);
}

void fireAwaited() {
  Promise<int> promise;
  Deferred<int> last = awaitBoth(promise.deferred());
  promise.callback(1);
}

// What must be found.

std::atomic<int> counter = 0;

void count() { ++counter; }
void swapIn() { counter.exchange(1); }
void share() {
  static const auto shared = std::make_shared<int>(1);
  auto copy = shared;
  sum += *copy;
}

void trace(const char* what, void (*work)()) {
  work();
  executed.clear();
  __writeeflags(__readeflags() | kTrapFlag);
  work();
  __writeeflags(__readeflags() & ~kTrapFlag);
  std::printf("case %s\n", what);
  for (std::uintptr_t address : executed) std::printf("%zx\n", address);
}

}  // namespace

int main(int argc, char**) {
  std::thread([] {}).join();
  executed.reserve(100'000);
  struct sigaction action {};
  action.sa_sigaction = remember;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &action, nullptr);
  if (argc > 1) {
    trace("an atomic counter", count);
    trace("an exchange", swapIn);
    trace("a shared_ptr is copied", share);
    return 0;
  }
  trace("create, attach 3, fire", fire);
  trace("an inner one fired later", fireInnerLater);
  trace("a coroutine awaits", fireAwaited);
}
