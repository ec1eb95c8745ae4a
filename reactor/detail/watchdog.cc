// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/watchdog.h>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <stdexcept>

#include <couplet/reactor/log.h>

namespace couplet::detail {

namespace {

using SteadyClock = std::chrono::steady_clock;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
[[maybe_unused]] constexpr bool kSlow = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
[[maybe_unused]] constexpr bool kSlow = true;
#else
[[maybe_unused]] constexpr bool kSlow = false;
#endif
#else
[[maybe_unused]] constexpr bool kSlow = false;
#endif

#ifdef NDEBUG
constexpr bool kForDebugging = false;
#else
constexpr bool kForDebugging = !kSlow;
#endif

/// While it lives, this thread takes no signals, nor does one that it makes.
class NoSignals {
 public:
  NoSignals() noexcept {
    ::sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;
  ~NoSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  ::sigset_t before_;
};

}  // namespace

Duration checkedStallLimit(std::optional<Duration> asked) {
  if (!asked) return kForDebugging ? std::chrono::milliseconds(100) : Duration::zero();
  constexpr Duration kMost = std::chrono::hours(24 * 365);
  if (*asked >= Duration::zero()) return std::min(*asked, kMost);
  throw std::invalid_argument("a reactor's stallLimit is not negative");
}

/// In a child process there is no such thread, and what it waited for cannot be destroyed.
void Watchdog::Stop::operator()(Watchdog* watchdog) const noexcept {
  if (!watchdog->forked()) delete watchdog;
}

std::unique_ptr<Watchdog, Watchdog::Stop> Watchdog::start(Duration limit) try {
  if (limit == Duration::zero()) return nullptr;
  return std::unique_ptr<Watchdog, Stop>(new Watchdog(limit));
} catch (const std::exception& error) {
  LogLine::warning() << "Nobody watches for callbacks that block the reactor: " << error.what();
  return nullptr;
}

Watchdog::Watchdog(Duration limit)
    : watch_(limit, SiteRecord::ofThisThread()), process_(::getpid()), watched_(*this) {
  const NoSignals none;
  thread_ = std::thread([this] { run(); });
  ::pthread_setname_np(thread_.native_handle(), "stall detector");  // for gdb and top
}

Watchdog::~Watchdog() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

void Watchdog::begun(const CallSite& site, const SiteSubject& subject) noexcept {
  watch_.begin(SteadyClock::now(), site, subject);
  if (dozes_.load()) wake();
}

void Watchdog::ended() noexcept {
  if (watch_.end(SteadyClock::now())) wake();
}

void Watchdog::wake() noexcept {
  if (forked()) return;  // the mutex may be as it was then
  std::lock_guard lock(mutex_);
  dozes_.store(false);
  woken_ = true;
  changed_.notify_one();
}

bool Watchdog::forked() const noexcept { return ::getpid() != process_; }

void Watchdog::run() noexcept try {
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      sleep(lock);
      last = stopping_;
    }
    while (std::optional<Stall> stall = watch_.check(SteadyClock::now())) report(*stall);
  }
} catch (const std::bad_alloc&) {  // it watches no more
}

void Watchdog::sleep(std::unique_lock<std::mutex>& lock) {
  auto until = watch_.nextCheck(SteadyClock::now());
  if (!until) {
    dozes_.store(true);
    until = watch_.nextCheck(SteadyClock::now());  // something may have begun before that
  }
  const auto called = [this] { return woken_ || stopping_; };
  until ? void(changed_.wait_until(lock, *until, called)) : changed_.wait(lock, called);
  dozes_.store(false);
  woken_ = false;
}

}  // namespace couplet::detail
