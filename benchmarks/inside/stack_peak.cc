// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A million of everything: prints how deep the stack gets, at a thousandth and in full. Each case
// runs on a stack of its own that was painted before, so that what was touched can be seen.
#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <couplet/deferred/deferred.h>

namespace {

using couplet::Deferred;
using couplet::Promise;
using couplet::Result;
using couplet::succeed;

constexpr std::size_t kStackBytes = 8 << 20;
constexpr std::byte kPaint{0xA5};

/// The bytes of stack that `body` touches, with those of the thread itself.
std::size_t stackOf(const std::function<void()>& body) {
  void* memory = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  auto* const lowest = static_cast<std::byte*>(memory);
  std::fill_n(lowest, kStackBytes, kPaint);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstack(&attributes, memory, kStackBytes);
  pthread_t thread;
  auto run = [](void* body) -> void* {
    (*static_cast<const std::function<void()>*>(body))();
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, run, const_cast<std::function<void()>*>(&body)) != 0) {
    std::abort();
  }
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);

  auto* const end = lowest + kStackBytes;
  auto* const touched = std::find_if(lowest, end, [](std::byte byte) { return byte != kPaint; });
  munmap(memory, kStackBytes);
  return end - touched;
}

auto passOn() {
  return [](Result<int> result) { return result; };
}

using Build = Deferred<int> (*)(Deferred<int> innermost, int count);

Deferred<int> callbacks(Deferred<int> deferred, int count) {
  for (int i = 0; i < count; ++i) deferred.addBoth(passOn());
  return deferred;
}

/// Each waits on the one before.
Deferred<int> inners(Deferred<int> waiting, int count) {
  for (int i = 0; i < count; ++i) {
    waiting = succeed()
                  .addCallback([inner = std::move(waiting)]() mutable { return std::move(inner); })
                  .addBoth(passOn());
  }
  return waiting;
}

/// The same, begun from the outermost, each waiting when it is returned.
Deferred<int> innersFromOutermost(Deferred<int> waiting, int count) {
  std::vector<Promise<void>> starts(count);
  for (auto& start : starts) {
    waiting = start.deferred()
                  .addCallback([inner = std::move(waiting)]() mutable { return std::move(inner); })
                  .addBoth(passOn());
  }
  for (int i = count - 1; i >= 0; --i) starts[i].callback();
  return waiting;
}

Deferred<int> awaits(Deferred<int> deferred) { co_return co_await std::move(deferred); }

Deferred<int> coroutines(Deferred<int> waiting, int count) {
  for (int i = 0; i < count; ++i) waiting = awaits(std::move(waiting));
  return waiting;
}

enum class Ending { kFired, kCancelled, kDestroyed };

void buildAndEnd(Build build, int count, Ending ending) {
  std::optional<Promise<int>> promise(std::in_place);
  Deferred<int> built = build(promise->deferred(), count);
  if (ending == Ending::kFired) promise->callback(1);
  if (ending == Ending::kCancelled) built.cancel();
  if (ending == Ending::kDestroyed) return std::move(built).discard();
  std::move(built).addErrback([](const couplet::Failure&) { return 0; });
}

/// A loop of callbacks that each return a new pending Deferred, fired `count` times.
class TailLoop {
 public:
  explicit TailLoop(int count) : left_(count) {}

  Deferred<int> next() {
    if (left_ == 0) return succeed(0);
    pending_.emplace();
    return pending_->deferred().addCallback([this] { return next(); });
  }

  /// Fires all of them, or half of them before it ends otherwise.
  void run(Ending ending) {
    Deferred<int> end = next();
    const int last = ending == Ending::kFired ? 0 : left_ / 2;
    while (left_ > last) fireNext();
    if (ending == Ending::kDestroyed) return std::move(end).discard();
    if (ending == Ending::kCancelled) end.cancel();
    std::move(end).addErrback([](const couplet::Failure&) { return 0; });
  }

 private:
  void fireNext() {
    --left_;
    Promise<void> promise = *std::move(pending_);
    promise.callback();
  }

  std::optional<Promise<void>> pending_;
  int left_;
};

Deferred<int> awaitReady(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += co_await succeed(1);
  co_return sum;
}

void print(const char* what, const char* ending, const std::function<void(int)>& run) {
  stackOf([&] { run(1'000); });  // the dynamic linker, too, takes stack the first time
  std::printf("%s|%s", what, ending);
  for (int count : {1'000, 1'000'000}) std::printf("|%zu", stackOf([&] { run(count); }));
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

int main() {
  print("nothing", "-", [](int) {});
  const std::pair<const char*, Build> structures[] = {
      {"callbacks on one chain", callbacks},
      {"inner Deferreds, each waiting on the next", inners},
      {"the same, begun from the outermost", innersFromOutermost},
      {"coroutines, each awaiting the next", coroutines},
  };
  const std::pair<const char*, Ending> endings[] = {{"fired", Ending::kFired},
                                                    {"cancelled", Ending::kCancelled},
                                                    {"destroyed", Ending::kDestroyed}};
  for (const auto& [what, build] : structures) {
    for (const auto& [name, ending] : endings) {
      print(what, name,
            [&, build = build, ending = ending](int count) { buildAndEnd(build, count, ending); });
    }
  }
  for (const auto& [name, ending] : endings) {
    print("a tail loop of callbacks that return new Deferreds", name,
          [ending = ending](int count) { TailLoop(count).run(ending); });
  }
  print("awaits of ready values in one coroutine", "fired",
        [](int count) { Deferred<int> sum = awaitReady(count); });
}
