// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/testing/driven_thread_pool.h>

#include <memory>

#include <couplet/reactor/detail/thread_pool_core.h>

namespace couplet::testing {

DrivenThreadPool::DrivenThreadPool(Reactor& reactor, ThreadPoolOptions options)
    : ThreadPool(reactor,
                 std::make_shared<couplet::detail::ThreadPoolCore>(reactor, options, true)) {}

bool DrivenThreadPool::callNext() { return core().performNext(); }

}  // namespace couplet::testing
