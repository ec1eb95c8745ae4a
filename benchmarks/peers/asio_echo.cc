// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A netstring echo on Asio: a session that owns itself by its pending operations.
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include <asio.hpp>

#include "benchmarks/peers/netstring_echo.h"

namespace {

using asio::ip::tcp;

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : socket_(std::move(socket)) {}

  void read() {
    socket_.async_read_some(asio::buffer(input_),
                            [self = shared_from_this()](std::error_code error, std::size_t size) {
                              if (!error) self->answer(size);
                            });
  }

 private:
  void answer(std::size_t size) {
    output_.clear();
    if (!echo_.feed({input_.data(), size}, output_)) return;
    asio::async_write(socket_, asio::buffer(output_),
                      [self = shared_from_this()](std::error_code error, std::size_t) {
                        if (!error) self->read();
                      });
  }

  tcp::socket socket_;
  peers::NetstringEcho echo_;
  std::array<char, 4096> input_;
  std::string output_;
};

void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](std::error_code error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Session>(std::move(socket))->read();
    }
    accept(acceptor);
  });
}

}  // namespace

int main() {
  asio::io_context loop(1);  // one thread runs it
  tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  std::printf("Serving netstrings on 127.0.0.1:%d.\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  accept(acceptor);
  loop.run();
}
