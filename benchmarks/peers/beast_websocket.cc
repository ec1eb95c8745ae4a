// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A WebSocket echo on Boost.Beast: a session that owns itself by its pending operations.
#include <memory>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include "benchmarks/peers/websocket_echo.h"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : stream_(std::move(socket)) {
    stream_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    stream_.auto_fragment(false);
    stream_.read_message_max(peers::kMaxMessage);
  }

  void accept() {
    stream_.async_accept([self = shared_from_this()](beast::error_code error) {
      if (!error) self->read();
    });
  }

 private:
  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->answer();
    });
  }

  void answer() {
    stream_.text(stream_.got_text());
    stream_.async_write(buffer_.data(),
                        [self = shared_from_this()](beast::error_code error, std::size_t) {
                          if (error) return;
                          self->buffer_.consume(self->buffer_.size());
                          self->read();
                        });
  }

  websocket::stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
};

void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Session>(std::move(socket))->accept();
    }
    accept(acceptor);
  });
}

}  // namespace

int main() {
  asio::io_context loop(1);  // one thread runs it
  tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  peers::announceWebSocket(acceptor.local_endpoint().port());
  accept(acceptor);
  loop.run();
}
