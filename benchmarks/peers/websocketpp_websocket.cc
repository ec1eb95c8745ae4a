// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A WebSocket echo on websocketpp.
#include <memory>

#include <websocketpp/config/asio_no_tls.hpp>
#include <websocketpp/server.hpp>

#include "benchmarks/peers/websocket_echo.h"

namespace {

namespace asio = websocketpp::lib::asio;
using Server = websocketpp::server<websocketpp::config::asio>;
using websocketpp::connection_hdl;

void setUp(Server& server) {
  server.clear_access_channels(websocketpp::log::alevel::all);
  server.clear_error_channels(websocketpp::log::elevel::all);
  server.init_asio();
  server.set_max_message_size(peers::kMaxMessage);
  server.set_tcp_post_init_handler([&server](connection_hdl connection) {
    server.get_con_from_hdl(connection)->get_raw_socket().set_option(asio::ip::tcp::no_delay(true));
  });
  server.set_message_handler([&server](connection_hdl connection, Server::message_ptr message) {
    server.send(connection, message->get_payload(), message->get_opcode());
  });
}

}  // namespace

int main() {
  Server server;
  setUp(server);
  server.listen(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  server.start_accept();
  asio::error_code error;
  peers::announceWebSocket(server.get_local_endpoint(error).port());
  server.run();
}
