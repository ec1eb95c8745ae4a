// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A netstring echo on libuv: what uv_try_write does not send at once waits in a write of its own.
#include <uv.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "benchmarks/peers/netstring_echo.h"

namespace {

std::array<char, 64 * 1024> input;  // libuv reads for one connection at a time
std::string output;

int require(int result, const char* call) {
  if (result >= 0) return result;
  std::fprintf(stderr, "%s: %s\n", call, uv_strerror(result));
  std::exit(1);
}

struct Connection {
  uv_tcp_t stream;
  peers::NetstringEcho echo;
};

struct Write {
  uv_write_t request;
  std::string bytes;
};

void close(uv_stream_t* stream) {
  if (uv_is_closing(reinterpret_cast<uv_handle_t*>(stream))) return;
  uv_close(reinterpret_cast<uv_handle_t*>(stream),
           [](uv_handle_t* handle) { delete static_cast<Connection*>(handle->data); });
}

void writeLater(uv_stream_t* stream, std::string_view bytes) {
  auto* write = new Write{{}, std::string(bytes)};
  write->request.data = write;
  const uv_buf_t buffer = uv_buf_init(write->bytes.data(), write->bytes.size());
  uv_write(&write->request, stream, &buffer, 1,
           [](uv_write_t* request, int) { delete static_cast<Write*>(request->data); });
}

void answer(uv_stream_t* stream, std::string_view bytes) {
  output.clear();
  if (!static_cast<Connection*>(stream->data)->echo.feed(bytes, output)) return close(stream);
  if (output.empty()) return;
  const uv_buf_t buffer = uv_buf_init(output.data(), output.size());
  const int sent = uv_try_write(stream, &buffer, 1);
  if (sent < 0 && sent != UV_EAGAIN) return close(stream);
  const std::size_t done = sent < 0 ? 0 : sent;
  if (done < output.size()) writeLater(stream, std::string_view(output).substr(done));
}

void lend(uv_handle_t*, std::size_t, uv_buf_t* buffer) {
  *buffer = uv_buf_init(input.data(), input.size());
}

void received(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
  if (size < 0) return close(stream);
  answer(stream, {buffer->base, static_cast<std::size_t>(size)});
}

void connected(uv_stream_t* listener, int status) {
  if (status < 0) return;
  auto* connection = new Connection;
  connection->stream.data = connection;
  uv_tcp_init(listener->loop, &connection->stream);
  auto* stream = reinterpret_cast<uv_stream_t*>(&connection->stream);
  if (uv_accept(listener, stream) < 0) return close(stream);
  uv_tcp_nodelay(&connection->stream, 1);
  uv_read_start(stream, lend, received);
}

int portOf(const uv_tcp_t& listener) {
  sockaddr_in address{};
  int length = sizeof address;
  uv_tcp_getsockname(&listener, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin_port);
}

}  // namespace

int main() {
  uv_tcp_t listener;
  sockaddr_in address{};
  uv_ip4_addr("127.0.0.1", 0, &address);
  uv_tcp_init(uv_default_loop(), &listener);
  require(uv_tcp_bind(&listener, reinterpret_cast<sockaddr*>(&address), 0), "uv_tcp_bind");
  require(uv_listen(reinterpret_cast<uv_stream_t*>(&listener), 511, connected), "uv_listen");
  std::printf("Serving netstrings on 127.0.0.1:%d.\n", portOf(listener));
  std::fflush(stdout);
  return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
