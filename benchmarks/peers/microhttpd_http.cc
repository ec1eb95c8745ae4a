// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An HTTP server on libmicrohttpd, in its one thread.
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>

#include "benchmarks/peers/hello.h"

namespace {

constexpr unsigned kConnections = 20'000;

MHD_Response* hello() {
  char* text = const_cast<char*>(peers::kHello);  // MHD_RESPMEM_PERSISTENT only reads it
  MHD_Response* response =
      MHD_create_response_from_buffer(peers::kHelloBytes, text, MHD_RESPMEM_PERSISTENT);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain");
  return response;
}

MHD_Result answer(void* response, MHD_Connection* connection, const char*, const char*, const char*,
                  const char*, std::size_t* bodyBytes, void** request) {
  if (!*request || *bodyBytes > 0) {  // the head, then what there is of a body
    *request = connection;
    *bodyBytes = 0;
    return MHD_YES;
  }
  return MHD_queue_response(connection, MHD_HTTP_OK, static_cast<MHD_Response*>(response));
}

}  // namespace

int main() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  MHD_Daemon* daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, nullptr, nullptr, answer,
                                        hello(), MHD_OPTION_SOCK_ADDR, &address,
                                        MHD_OPTION_CONNECTION_LIMIT, kConnections, MHD_OPTION_END);
  if (!daemon) {
    std::perror("MHD_start_daemon");
    return 1;
  }
  peers::announceHTTP(MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  for (;;) pause();
}
