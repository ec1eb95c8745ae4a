// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Asks a transform server on this machine for one poem and prints its answer as it comes, netstring
// and all. Blocking, with plain sockets: the tutorial's transform-test, and its exercise of a
// synchronous client.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <iostream>
#include <system_error>

#include <couplet/protocols/program/plain_program.h>

#include "examples/program/ports.h"
#include "sockets.h"

namespace poetry {

constexpr std::string_view kRequest = "27:cummingsify.HERE IS MY POEM,";
constexpr timeval kPatience{5, 0};
constexpr std::size_t kLongestAnswer = 1 << 20;  // bytes; a netstring is shorter

[[noreturn]] void fail(const std::string& what) {
  throw couplet::ProgramError(couplet::kFailure,
                              what + ": " + std::generic_category().message(errno) + ".");
}

Socket connectTo(int port) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  setsockopt(socket.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket.descriptor(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
    fail("Cannot connect to 127.0.0.1:" + std::to_string(port));
  return socket;
}

std::string receiveAll(const Socket& socket) {
  std::string answer;
  char buffer[4096];
  ssize_t size;
  while ((size = recv(socket.descriptor(), buffer, sizeof(buffer), 0)) > 0) {
    answer.append(buffer, static_cast<std::size_t>(size));
    if (answer.size() > kLongestAnswer)
      throw couplet::ProgramError(couplet::kFailure, "The answer does not end.");
  }
  if (size < 0) fail("No answer");
  return answer;
}

int askForOne(const couplet::Arguments& arguments) {
  if (arguments.size() != 1) throw couplet::UsageError("Provide exactly one port.");
  const Socket socket = connectTo(examples::parsePort(arguments.front()));
  if (send(socket.descriptor(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0)
    fail("Cannot send");
  const std::string answer = receiveAll(socket);
  if (answer.empty())
    throw couplet::ProgramError(couplet::kFailure, "The server closed without an answer.");
  std::cout << answer << "\n";
  return couplet::kSuccess;
}

}  // namespace poetry

int main(int argc, char** argv) {
  return couplet::runProgram(
      argc, argv, {"PORT", "Has a poem transformed by the transform server at 127.0.0.1:PORT."},
      poetry::askForOne);
}
