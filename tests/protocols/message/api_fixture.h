// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// An Api on a site in memory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/protocols/message/api_resource.h>
#include <couplet/protocols/message/faults.h>
#include <couplet/reactor/testing/memory_reactor.h>

#include "messages.h"

namespace couplet {

struct Divide {
  double x = 0.0;
  double y = 1.0;

  static constexpr auto kMessage =
      message("crunch_api.Divide", member("x", &Divide::x), member("y", &Divide::y));
};

struct DivideByZero : FaultOf<DivideByZero> {
  DivideByZero() : FaultOf("cannot divide by zero") {}

  static constexpr int kStatus = 422;
  static constexpr auto kMessage = faultMessage("crunch_api.DivideByZero");
};

class ApiTest : public ::testing::Test {
 protected:
  template <Message... R, class... Handlers>
  void serve(Requests<R...> requests, Handlers... handlers) {
    api = std::make_shared<Api>(requests, std::move(handlers)...);
    reactor.listenTCP(5051, newApiSite(api));
    client.emplace(reactor.tcpServers().at(0).connect());
    reactor.flush();
  }

  std::string send(std::string_view bytes) {
    client->write(bytes);
    reactor.flush();
    std::string answer(client->value());
    client->clear();
    return answer;
  }
  std::string get(std::string_view target) { return ask("GET", target); }
  std::string ask(std::string_view method, std::string_view target, std::string_view lines = "",
                  std::string_view body = "") {
    std::string request(method);
    request.append(" ").append(target).append(" HTTP/1.1\r\nHost: a\r\n").append(lines);
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return send(request.append("\r\n").append(body));
  }
  std::string postJSON(std::string_view target, std::string_view body) {
    return ask("POST", target, "Content-Type: application/json\r\n", body);
  }

  /// Whether a response has this status and this body.
  static auto isResponse(int status, std::string_view body) {
    return ::testing::AllOf(::testing::StartsWith("HTTP/1.1 " + std::to_string(status) + " "),
                            ::testing::HasSubstr("\r\nContent-Type: application/json\r\n"),
                            ::testing::EndsWith("\r\n\r\n" + std::string(body)));
  }
  /// The same of a fault that has nothing but a condition.
  static auto isFault(int status, std::string_view name, std::string_view condition) {
    return isResponse(status,
                      "{\"value\":[\"" + std::string(name) + "\",{\"condition\":\"" +
                          std::string(condition) +
                          "\",\"explanation\":\"\",\"error_code\":0,\"exit_code\":172},[]]}");
  }

  std::shared_ptr<Api> api;
  testing::MemoryReactor reactor;
  std::optional<testing::MemoryPeer> client;
};

}  // namespace couplet
