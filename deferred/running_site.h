// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What runs on a thread right now, and where it was attached, for a watchdog on another thread to
// read. For those who make a reactor: whoever calls something of the user's puts a RunningSite
// around the call. Where nobody watches that costs a comparison or two.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <iosfwd>

#include <couplet/deferred/source_location.h>

#pragma GCC visibility push(default)
namespace couplet {

/// How many threads are watched.
extern constinit std::atomic<int> siteWatchers;

inline bool siteWatched() noexcept { return siteWatchers.load(std::memory_order_relaxed) != 0; }

inline constexpr const char* kCallbackSite = "callback attached at";
inline constexpr const char* kCoroutineSite = "coroutine that waited at";

/// Something that is called.
struct CallSite {
  const char* what = nullptr;  ///< the words before the place; with static storage. Null for none
  SourceLocation where;        ///< with line 0 where it is not known

  bool operator==(const CallSite&) const noexcept = default;
};

/// Whom a call is made for, by value: it may be gone when another thread prints this.
struct SiteSubject {
  using Words = std::array<std::uint64_t, 6>;

  void (*print)(std::ostream& out, const Words& words) = nullptr;  ///< null where there is none
  Words words{};
};

/// Hears when a thread begins to run something, and when it has come back from that to its loop;
/// not of what is called from within. Both are called on that thread.
class SiteWatcher {
 public:
  virtual void begun(const CallSite& site, const SiteSubject& subject) noexcept = 0;
  virtual void ended() noexcept = 0;

 protected:
  ~SiteWatcher() = default;
};

/// The sites of one thread.
class SiteRecord {
 public:
  /// Lives as long as the thread.
  static SiteRecord& ofThisThread() noexcept;

  constexpr SiteRecord() noexcept = default;
  SiteRecord(const SiteRecord&) = delete;
  SiteRecord& operator=(const SiteRecord&) = delete;

  /// From any thread: what was called last and has not returned.
  CallSite innermost() const noexcept;

 private:
  friend class RunningSite;
  friend class WatchedThread;

  void publish(const CallSite& site) noexcept;

  // What the other thread reads: it is whole where the version is even, and the same before and
  // after.
  std::atomic<std::uint32_t> version_ = 0;
  std::atomic<std::uint32_t> line_ = 0;
  std::atomic<const char*> file_ = "";
  std::atomic<const char*> what_ = nullptr;

  // The thread's own.
  CallSite site_;  // what is published
  SiteWatcher* watcher_ = nullptr;
  unsigned depth_ = 0;  // of those that were entered
};

/// While it lives, the thread that made it is watched. One that is made meanwhile takes its place
/// until it dies.
class WatchedThread {
 public:
  explicit WatchedThread(SiteWatcher& watcher) noexcept;
  WatchedThread(const WatchedThread&) = delete;
  WatchedThread& operator=(const WatchedThread&) = delete;
  ~WatchedThread();

 private:
  SiteWatcher* outer_;
  unsigned outerDepth_;
};

/// While it lives, what was attached at `where` runs on this thread.
class RunningSite {
 public:
  explicit RunningSite(SourceLocation where, const char* what = kCallbackSite) noexcept {
    if (siteWatched()) [[unlikely]]
      enter({what, where}, {});
  }
  /// `describe(site, subject)` fills in what is to be known, and is called only while somebody
  /// watches.
  template <class Describe>
  explicit RunningSite(const Describe& describe) noexcept {
    if (siteWatched()) [[unlikely]]
      enterDescribed(describe);
  }
  RunningSite(const RunningSite&) = delete;
  RunningSite& operator=(const RunningSite&) = delete;
  ~RunningSite() {
    if (record_) [[unlikely]]
      leave();
  }

 private:
  void enter(const CallSite& site, const SiteSubject& subject) noexcept;
  template <class Describe>
  [[gnu::noinline]] void enterDescribed(const Describe& describe) noexcept {
    CallSite site;
    SiteSubject subject;
    describe(site, subject);
    enter(site, subject);
  }
  void leave() noexcept;

  SiteRecord* record_ = nullptr;  // null where the thread is not watched
  union {
    CallSite outer_;  // set where it is
  };
};

}  // namespace couplet
#pragma GCC visibility pop
