// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "fault_edge.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstdarg>
#include <mutex>

namespace couplet {

namespace {

std::mutex mutex;  // guards both
Fault fault;
int seen = 0;

/// Whether this call is one of those that fail; sets errno then.
bool fails(std::string_view call) {
  std::lock_guard lock(mutex);
  if (fault.call != call) return false;
  ++seen;
  if (seen < fault.nth || fault.times == 0) return false;
  --fault.times;
  errno = fault.error;
  return true;
}

template <class F>
F* next(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

void inject(const Fault& next) {
  std::lock_guard lock(mutex);
  fault = next;
  seen = 0;
}

bool endFault() {
  std::lock_guard lock(mutex);
  bool all = fault.times == 0;
  fault = {};
  return all;
}

int faultsLeft() {
  std::lock_guard lock(mutex);
  return fault.times;
}

int callsSeen() {
  std::lock_guard lock(mutex);
  return seen;
}

}  // namespace couplet

using couplet::fails;

extern "C" {

int __real_socket(int, int, int);
int __real_bind(int, const sockaddr*, socklen_t);
int __real_listen(int, int);
int __real_accept4(int, sockaddr*, socklen_t*, int);
int __real_connect(int, const sockaddr*, socklen_t);
int __real_getsockopt(int, int, int, void*, socklen_t*);
int __real_setsockopt(int, int, int, const void*, socklen_t);
int __real_getsockname(int, sockaddr*, socklen_t*);
ssize_t __real_recv(int, void*, size_t, int);
ssize_t __real_send(int, const void*, size_t, int);
ssize_t __real_sendmsg(int, const msghdr*, int);
int __real_shutdown(int, int);
int __real_close(int);
int __real_open(const char*, int, ...);
int __real_eventfd(unsigned, int);
int __real_timerfd_create(int, int);
int __real_timerfd_settime(int, int, const itimerspec*, itimerspec*);
ssize_t __real_write(int, const void*, size_t);
int __real_getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**);

int __wrap_socket(int family, int type, int protocol) {
  return fails("socket") ? -1 : __real_socket(family, type, protocol);
}
int __wrap_bind(int socket, const sockaddr* address, socklen_t size) {
  return fails("bind") ? -1 : __real_bind(socket, address, size);
}
int __wrap_listen(int socket, int backlog) {
  return fails("listen") ? -1 : __real_listen(socket, backlog);
}
int __wrap_accept4(int socket, sockaddr* address, socklen_t* size, int flags) {
  return fails("accept4") ? -1 : __real_accept4(socket, address, size, flags);
}
int __wrap_connect(int socket, const sockaddr* address, socklen_t size) {
  if (!fails("connect")) return __real_connect(socket, address, size);
  if (errno == EINTR) {  // the attempt goes on
    __real_connect(socket, address, size);
    errno = EINTR;
  }
  return -1;
}
int __wrap_getsockopt(int socket, int level, int option, void* value, socklen_t* size) {
  return fails("getsockopt") ? -1 : __real_getsockopt(socket, level, option, value, size);
}
int __wrap_setsockopt(int socket, int level, int option, const void* value, socklen_t size) {
  return fails("setsockopt") ? -1 : __real_setsockopt(socket, level, option, value, size);
}
int __wrap_getsockname(int socket, sockaddr* address, socklen_t* size) {
  return fails("getsockname") ? -1 : __real_getsockname(socket, address, size);
}
ssize_t __wrap_recv(int socket, void* buffer, size_t size, int flags) {
  return fails("recv") ? -1 : __real_recv(socket, buffer, size, flags);
}
ssize_t __wrap_send(int socket, const void* buffer, size_t size, int flags) {
  return fails("send") ? -1 : __real_send(socket, buffer, size, flags);
}
ssize_t __wrap_sendmsg(int socket, const msghdr* message, int flags) {
  return fails("send") ? -1 : __real_sendmsg(socket, message, flags);
}
int __wrap_shutdown(int socket, int how) {
  return fails("shutdown") ? -1 : __real_shutdown(socket, how);
}
int __wrap_close(int descriptor) {  // one that fails has closed all the same
  int result = __real_close(descriptor);
  return fails("close") ? -1 : result;
}
int __wrap_open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  int mode = (flags & O_CREAT) ? va_arg(rest, int) : 0;
  va_end(rest);
  return fails("open") ? -1 : __real_open(path, flags, mode);
}
int __wrap_eventfd(unsigned value, int flags) {
  return fails("eventfd") ? -1 : __real_eventfd(value, flags);
}
int __wrap_timerfd_create(int clock, int flags) {
  return fails("timerfd_create") ? -1 : __real_timerfd_create(clock, flags);
}
int __wrap_timerfd_settime(int timer, int flags, const itimerspec* now, itimerspec* before) {
  return fails("timerfd_settime") ? -1 : __real_timerfd_settime(timer, flags, now, before);
}
ssize_t __wrap_write(int descriptor, const void* bytes, size_t size) {
  return fails("write") ? -1 : __real_write(descriptor, bytes, size);
}
int __wrap_getaddrinfo(const char* host, const char* port, const addrinfo* hints,
                       addrinfo** found) {
  if (hints->ai_flags & AI_NUMERICHOST) return __real_getaddrinfo(host, port, hints, found);
  return fails("getaddrinfo") ? errno : __real_getaddrinfo(host, port, hints, found);
}

int epoll_create1(int flags) noexcept {
  static auto* real = couplet::next<int(int)>("epoll_create1");
  return fails("epoll_create1") ? -1 : real(flags);
}
int epoll_ctl(int set, int operation, int descriptor, epoll_event* event) noexcept {
  static auto* real = couplet::next<int(int, int, int, epoll_event*)>("epoll_ctl");
  return fails("epoll_ctl") ? -1 : real(set, operation, descriptor, event);
}
int epoll_wait(int set, epoll_event* events, int most, int timeout) {
  static auto* real = couplet::next<int(int, epoll_event*, int, int)>("epoll_wait");
  return fails("epoll_wait") ? -1 : real(set, events, most, timeout);
}
}
