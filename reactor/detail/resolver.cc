// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/resolver.h>

#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace couplet::detail {

namespace {

constexpr int kMostThreads = 4;

struct Request {
  std::uint64_t number;
  std::string host;
  int port;
  Callable<void(Lookup)> done;
};

Lookup lookUpNow(const std::string& host, int port) {
  ::addrinfo hints{};
  hints.ai_flags = AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  ::addrinfo* found = nullptr;
  int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error == EAI_SYSTEM) return {{}, errorMessage(errno)};
  if (error != 0) return {{}, ::gai_strerror(error)};
  std::unique_ptr<::addrinfo, decltype(&::freeaddrinfo)> guard(found, ::freeaddrinfo);
  Lookup lookup;
  for (::addrinfo* one = found; one; one = one->ai_next) {
    SocketAddress address(one->ai_addr, one->ai_addrlen);
    if (!address.empty()) lookup.addresses.push_back(address);
  }
  if (lookup.addresses.empty()) lookup.error = "it has no address";
  return lookup;
}

/// On a thread of its own: nothing comes out.
Lookup tryToLookUp(const std::string& host, int port) noexcept {
  try {
    return lookUpNow(host, port);
  } catch (const std::bad_alloc&) {
    return {{}, "out of memory"};
  }
}

}  // namespace

struct Resolver::Channel {
  std::mutex mutex;                       // guards all of it
  Callable<void(Callable<void()>)> post;  // empty once the resolver is gone
  std::list<Request> requests;
  std::uint64_t nextNumber = 0;
  int threads = 0;

  /// Under the mutex, so that the resolver cannot die meanwhile.
  void answerLocked(Request request, Lookup lookup) {
    if (!post) return;
    post([done = std::move(request.done), lookup = std::move(lookup)]() mutable {
      done(std::move(lookup));
    });
  }

  /// What a thread does: works until there is nothing to look up.
  void work() {
    std::unique_lock lock(mutex);
    while (!requests.empty()) {
      Request request = std::move(requests.front());
      requests.pop_front();
      lock.unlock();
      Lookup lookup = tryToLookUp(request.host, request.port);
      lock.lock();
      try {
        answerLocked(std::move(request), std::move(lookup));
      } catch (const std::bad_alloc&) {  // whoever waits hears of it by the time-out
      }
    }
    --threads;
  }
};

Resolver::Resolver(Callable<void(Callable<void()>)> post) : channel_(std::make_shared<Channel>()) {
  channel_->post = std::move(post);
}

Resolver::~Resolver() {
  std::list<Request> dropped;  // dies after the lock
  std::lock_guard lock(channel_->mutex);
  channel_->post = nullptr;
  dropped.swap(channel_->requests);
}

std::uint64_t Resolver::lookUp(std::string host, int port, Callable<void(Lookup)> done) {
  std::lock_guard lock(channel_->mutex);
  std::uint64_t number = channel_->nextNumber++;
  channel_->requests.push_back({number, std::move(host), port, std::move(done)});
  if (channel_->threads < kMostThreads) startThread();
  return number;
}

void Resolver::forget(std::uint64_t lookUp) noexcept {
  std::list<Request> dropped;  // dies after the lock
  std::lock_guard lock(channel_->mutex);
  auto& requests = channel_->requests;
  auto place = std::find_if(requests.begin(), requests.end(),
                            [&](const Request& request) { return request.number == lookUp; });
  if (place == requests.end()) return;
  dropped.splice(dropped.end(), requests, place);
}

/// REQUIRES: the mutex is held
void Resolver::startThread() {
  try {
    std::thread([channel = channel_] { channel->work(); }).detach();
    ++channel_->threads;
  } catch (const std::system_error& error) {
    if (channel_->threads > 0) return;  // one of those will come to it
    Request request = std::move(channel_->requests.back());
    channel_->requests.pop_back();
    channel_->answerLocked(std::move(request), {{}, error.what()});
  }
}

}  // namespace couplet::detail
