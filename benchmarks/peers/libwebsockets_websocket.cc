// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A WebSocket echo on libwebsockets: a message is kept until the connection may be written to.
#include <libwebsockets.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <new>
#include <vector>

#include "benchmarks/peers/websocket_echo.h"

namespace {

/// With the room before its payload that lws_write() wants.
struct Message {
  std::vector<unsigned char> bytes = std::vector<unsigned char>(LWS_PRE);
  bool binary = false;
};

struct Connection {
  Message incoming;
  std::deque<Message> outgoing;
};

void receive(lws* socket, Connection& connection, const void* piece, std::size_t size) {
  std::vector<unsigned char>& bytes = connection.incoming.bytes;
  const auto* from = static_cast<const unsigned char*>(piece);
  bytes.reserve(bytes.size() + size + lws_remaining_packet_payload(socket));
  bytes.insert(bytes.end(), from, from + size);
  if (!lws_is_final_fragment(socket) || lws_remaining_packet_payload(socket) > 0) return;
  connection.incoming.binary = lws_frame_is_binary(socket);
  connection.outgoing.push_back(std::move(connection.incoming));
  connection.incoming = Message();
  lws_callback_on_writable(socket);
}

bool writeNext(lws* socket, Connection& connection) {
  if (connection.outgoing.empty()) return true;
  Message message = std::move(connection.outgoing.front());
  connection.outgoing.pop_front();
  const std::size_t size = message.bytes.size() - LWS_PRE;
  const auto kind = message.binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
  if (lws_write(socket, message.bytes.data() + LWS_PRE, size, kind) < 0) return false;
  if (!connection.outgoing.empty()) lws_callback_on_writable(socket);
  return true;
}

/// Other than 0 ends the connection.
int call(lws* socket, lws_callback_reasons reason, void* session, void* piece, std::size_t size) {
  auto* connection = static_cast<Connection*>(session);
  switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
      new (connection) Connection;
      return 0;
    case LWS_CALLBACK_CLOSED:
      connection->~Connection();
      return 0;
    case LWS_CALLBACK_RECEIVE:
      receive(socket, *connection, piece, size);
      return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
      return writeNext(socket, *connection) ? 0 : -1;
    default:
      return lws_callback_http_dummy(socket, reason, session, piece, size);
  }
}

constexpr std::size_t kReceiveBytes = 64 * 1024;

const lws_protocols kProtocols[] = {
    {"echo", call, sizeof(Connection), kReceiveBytes, 0, nullptr, 0},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
};

}  // namespace

int main() {
  lws_set_log_level(LLL_ERR, nullptr);
  lws_context_creation_info info{};
  info.port = 0;
  info.iface = "127.0.0.1";
  info.protocols = kProtocols;
  info.pt_serv_buf_size = kReceiveBytes;
  info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
  lws_retry_bo_t patience{};
  patience.secs_since_valid_ping = 3600;  // the clients do not answer
  patience.secs_since_valid_hangup = 7200;
  info.retry_and_idle_policy = &patience;
  lws_context* context = lws_create_context(&info);
  lws_vhost* host = context ? lws_create_vhost(context, &info) : nullptr;
  if (!host) return 1;
  peers::announceWebSocket(lws_get_vhost_listen_port(host));
  while (lws_service(context, 0) >= 0) {
  }
}
