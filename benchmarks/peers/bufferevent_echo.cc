// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A netstring echo on libevent's bufferevents.
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "benchmarks/peers/netstring_echo.h"

namespace {

struct Connection {
  peers::NetstringEcho echo;
};

std::string output;

void close(bufferevent* stream, Connection* connection) {
  bufferevent_free(stream);
  delete connection;
}

void received(bufferevent* stream, void* context) {
  auto* connection = static_cast<Connection*>(context);
  evbuffer* input = bufferevent_get_input(stream);
  const std::size_t size = evbuffer_get_length(input);
  const auto* bytes = reinterpret_cast<const char*>(evbuffer_pullup(input, -1));
  output.clear();
  if (!connection->echo.feed({bytes, size}, output)) return close(stream, connection);
  evbuffer_drain(input, size);
  bufferevent_write(stream, output.data(), output.size());
}

void ended(bufferevent* stream, short, void* context) {
  close(stream, static_cast<Connection*>(context));
}

void accepted(evconnlistener* listener, evutil_socket_t fd, sockaddr*, int, void*) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bufferevent* stream =
      bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
  bufferevent_setcb(stream, received, nullptr, ended, new Connection);
  bufferevent_enable(stream, EV_READ | EV_WRITE);
}

int portOf(evconnlistener* listener) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  getsockname(evconnlistener_get_fd(listener), reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

}  // namespace

int main() {
  event_base* base = event_base_new();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  evconnlistener* listener =
      evconnlistener_new_bind(base, accepted, nullptr, LEV_OPT_CLOSE_ON_FREE, 511,
                              reinterpret_cast<sockaddr*>(&address), sizeof address);
  if (!listener) {
    std::perror("evconnlistener_new_bind");
    return 1;
  }
  std::printf("Serving netstrings on 127.0.0.1:%d.\n", portOf(listener));
  std::fflush(stdout);
  event_base_dispatch(base);
}
