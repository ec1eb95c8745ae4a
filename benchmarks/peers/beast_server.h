// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// HTTP servers on Boost.Beast: a session that owns itself by its pending operations.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "benchmarks/peers/hello.h"

namespace peers {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using BeastRequest = http::request<http::string_body>;
using BeastResponse = http::response<http::string_body>;

inline constexpr std::chrono::hours kIdle(1);

/// `answer(request, response)` fills in a response that is 200 and empty.
template <void (*answer)(const BeastRequest&, BeastResponse&)>
class BeastSession : public std::enable_shared_from_this<BeastSession<answer>> {
 public:
  explicit BeastSession(tcp::socket socket) : stream_(std::move(socket)) {}

  void read() {
    request_ = {};
    stream_.expires_after(kIdle);
    http::async_read(stream_, buffer_, request_,
                     [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->write();
                     });
  }

 private:
  void write() {
    response_ = {http::status::ok, request_.version()};
    response_.keep_alive(request_.keep_alive());
    answer(request_, response_);
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                        if (!error && self->response_.keep_alive()) self->read();
                      });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  BeastRequest request_;
  BeastResponse response_;
};

template <void (*answer)(const BeastRequest&, BeastResponse&)>
void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<BeastSession<answer>>(std::move(socket))->read();
    }
    accept<answer>(acceptor);
  });
}

/// Serves until it is killed.
template <void (*answer)(const BeastRequest&, BeastResponse&)>
void serveBeast() {
  asio::io_context loop(1);  // one thread runs it
  tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
  announceHTTP(acceptor.local_endpoint().port());
  accept<answer>(acceptor);
  loop.run();
}

}  // namespace peers
