// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/deferred/running_site.h>

#include <thread>
#include <utility>

namespace couplet {

constinit std::atomic<int> siteWatchers = 0;

SiteRecord& SiteRecord::ofThisThread() noexcept {
  static constinit thread_local SiteRecord record;
  return record;
}

// Each store of a part is a release, and each load an acquire: who sees a new part sees the odd
// version that came before it.
void SiteRecord::publish(const CallSite& site) noexcept {
  site_ = site;
  const std::uint32_t version = version_.load(std::memory_order_relaxed);
  version_.store(version + 1, std::memory_order_relaxed);
  what_.store(site.what, std::memory_order_release);
  file_.store(site.where.file, std::memory_order_release);
  line_.store(site.where.line, std::memory_order_release);
  version_.store(version + 2, std::memory_order_release);
}

CallSite SiteRecord::innermost() const noexcept {
  for (;; std::this_thread::yield()) {
    const std::uint32_t version = version_.load(std::memory_order_acquire);
    CallSite site;
    site.what = what_.load(std::memory_order_acquire);
    site.where.file = file_.load(std::memory_order_acquire);
    site.where.line = line_.load(std::memory_order_acquire);
    if (version % 2 == 0 && version == version_.load(std::memory_order_relaxed)) return site;
  }
}

WatchedThread::WatchedThread(SiteWatcher& watcher) noexcept
    : outer_(std::exchange(SiteRecord::ofThisThread().watcher_, &watcher)),
      outerDepth_(std::exchange(SiteRecord::ofThisThread().depth_, 0)) {
  siteWatchers.fetch_add(1, std::memory_order_relaxed);
}

WatchedThread::~WatchedThread() {
  siteWatchers.fetch_sub(1, std::memory_order_relaxed);
  SiteRecord::ofThisThread().watcher_ = outer_;
  SiteRecord::ofThisThread().depth_ = outerDepth_;
}

void RunningSite::enter(const CallSite& site, const SiteSubject& subject) noexcept {
  SiteRecord& record = SiteRecord::ofThisThread();
  if (record.watcher_ == nullptr) return;
  record_ = &record;
  outer_ = record.site_;
  record.publish(site);
  if (record.depth_++ == 0) record.watcher_->begun(site, subject);
}

void RunningSite::leave() noexcept {
  if (--record_->depth_ == 0) record_->watcher_->ended();
  record_->publish(outer_);
}

}  // namespace couplet
