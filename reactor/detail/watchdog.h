// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. The thread of a stall detector.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <couplet/deferred/clock.h>
#include <couplet/deferred/running_site.h>
#include <couplet/reactor/detail/stall_watch.h>

namespace couplet::detail {

/// `asked`, of at most a year, or what holds where nothing was: see ReactorOptions. Throws
/// std::invalid_argument for a negative one.
Duration checkedStallLimit(std::optional<Duration> asked);

/// Watches the thread that starts it, until that lets go of it. All that it found is reported then.
class Watchdog final : private SiteWatcher {
 public:
  struct Stop {
    void operator()(Watchdog* watchdog) const noexcept;
  };

  /// Null for a limit of 0, and where the system gives no thread, which is logged.
  static std::unique_ptr<Watchdog, Stop> start(Duration limit);

  explicit Watchdog(Duration limit);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  void begun(const CallSite& site, const SiteSubject& subject) noexcept override;
  void ended() noexcept override;

  void wake() noexcept;
  bool forked() const noexcept;

  // On its thread.
  void run() noexcept;
  void sleep(std::unique_lock<std::mutex>& lock);

  StallWatch watch_;
  const ::pid_t process_;

  std::atomic<bool> dozes_ = false;  // until something begins
  std::mutex mutex_;                 // guards what follows
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;

  std::thread thread_;
  WatchedThread watched_;
};

}  // namespace couplet::detail
