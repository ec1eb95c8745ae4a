// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// For tests: a whole program with settings, which serves until it is stopped: netstrings that come
// are sent back.
#include <gflags/gflags.h>

#include <cstdint>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <couplet/protocols/netstring.h>
#include <couplet/protocols/program/program.h>

DEFINE_int32(greetings, 1, "how often it says where it listens");

namespace {

enum class Colour { kRed, kGreen };

constexpr auto enumerators(Colour) {
  return couplet::named<Colour>({{"red", Colour::kRed}, {"green", Colour::kGreen}});
}

struct Settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5051;
  bool is_loud = false;
  double ratio = 0.5;
  Colour colour = Colour::kRed;
  std::optional<int> limit;
  std::vector<int> numbers = {1, 2};
  couplet::HostPort peer{"127.0.0.1", 5052};

  static constexpr auto kMessage = couplet::message(
      "sample.Settings", couplet::member("host", &Settings::host),
      couplet::member("port", &Settings::port), couplet::member("is_loud", &Settings::is_loud),
      couplet::member("ratio", &Settings::ratio), couplet::member("colour", &Settings::colour),
      couplet::member("limit", &Settings::limit), couplet::member("numbers", &Settings::numbers),
      couplet::member("peer", &Settings::peer));
};

class Echo : public couplet::NetstringReceiver {
 public:
  void stringReceived(std::string_view string) override {
    if (string == "hang up") return transport().loseConnection();
    sendString(string);
  }
};

void serve(couplet::Program& program, const Settings& settings) {
  const auto port = program.reactor().listenTCP(
      settings.port, couplet::Factory::forProtocol<Echo>(), {.interface = settings.host});
  for (int i = 0; i < FLAGS_greetings; ++i) {
    std::cout << "Serving echoes on " << port->getHost() << "." << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  return couplet::runProgram(argc, argv, Settings(), serve, {.description = "Echoes."});
}
