// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/agent.h>

#include <stdexcept>
#include <utility>

#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/response_parser.h>
#include <couplet/protocols/http/serializer.h>
#include <couplet/reactor/factory.h>
#include <couplet/reactor/reactor.h>

namespace couplet {

/// What the connections of an agent use, and may need for longer than it.
struct detail::AgentShared {
  explicit AgentShared(AgentOptions asked) : options(std::move(asked)) {}

  AgentOptions options;
  HTTPHeadTable table;
};

namespace {

using detail::AgentShared;

/// Where a request is: at most one of these.
struct Line {
  std::weak_ptr<Connector> connector;
  Transport* transport = nullptr;  // while connected

  /// What is not sent yet never is.
  void drop() {
    if (transport) return transport->abortConnection();
    if (const auto made = connector.lock()) made->disconnect();
  }
};

/// One request, as it is sent, and who waits for the answer.
struct Exchange {
  std::string method;
  std::string bytes;
  std::shared_ptr<Line> line;
  Promise<Response> answer;

  /// Unless it was answered, or cancelled.
  void fail(const Failure& reason) {
    if (answer.pending()) answer.errback(reason);
  }
};

/// Sends one request, and takes the response.
class ClientProtocol : public Protocol {
 public:
  ClientProtocol(std::shared_ptr<AgentShared> shared, Exchange exchange)
      : shared_(std::move(shared)),
        exchange_(std::move(exchange)),
        parser_(shared_->options.limits, shared_->table) {}

  void connectionMade() override {
    exchange_.line->transport = &transport();
    parser_.expectResponse({.method = exchange_.method});
    transport().write(exchange_.bytes);
  }

  void dataReceived(std::string_view bytes) override {
    HTTPEvent event;
    do {
      event = parser_.next(bytes);
      take(event);
    } while (event != HTTPEvent::kNeedMore && exchange_.answer.pending());
  }

  void readConnectionLost() override {
    take(parser_.inputEnded());
    transport().loseConnection();
  }

  void connectionLost(const Failure& reason) override {
    exchange_.line->transport = nullptr;
    exchange_.fail(reason);
  }

 private:
  void take(HTTPEvent event) {
    if (event == HTTPEvent::kHead) {
      const ResponseHead& head = parser_.head();
      response_.status = head.status;
      response_.headers.assign(head.fields, head.fieldLines);
    } else if (event == HTTPEvent::kBody) {
      response_.body.append(parser_.body());
    } else if (event == HTTPEvent::kEnd) {
      transport().unsent() > 0 ? transport().abortConnection() : transport().loseConnection();
      if (exchange_.answer.pending()) exchange_.answer.callback(std::move(response_));
    } else if (event == HTTPEvent::kRefused) {
      Failure refused{RemoteProtocolError(*parser_.refused())};
      transport().failConnection(refused);
      exchange_.fail(refused);
    } else if (event == HTTPEvent::kHandedOver) {
      transport().abortConnection();
      exchange_.fail(Failure(LocalProtocolError("the connection was to be handed over")));
    }
  }

  std::shared_ptr<AgentShared> shared_;
  Exchange exchange_;
  HTTPResponseParser parser_;
  Response response_;
};

/// Makes the one protocol of a request.
class ExchangeFactory : public ClientFactory {
 public:
  ExchangeFactory(std::shared_ptr<AgentShared> shared, Exchange exchange)
      : shared_(std::move(shared)), exchange_(std::move(exchange)) {}

  std::unique_ptr<Protocol> buildProtocol(const Address&) override {
    return std::make_unique<ClientProtocol>(shared_, std::move(exchange_));
  }
  void clientConnectionFailed(const Failure& reason) override { exchange_.fail(reason); }

 private:
  std::shared_ptr<AgentShared> shared_;
  Exchange exchange_;
};

bool carriesContent(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

std::string requestBytes(std::string_view method, const Url& url, Headers headers,
                         std::string_view body) {
  if (!headers.has("Host")) headers.set("Host", url.hostHeader());
  if (!body.empty() || carriesContent(method)) {
    headers.set("Content-Length", std::to_string(body.size()));
  }
  headers.set("Connection", "close");
  std::string bytes;
  HTTPBodyWriter writer = writeRequestHead(bytes, method, url.originForm(), headers);
  if (!body.empty()) writer.write(bytes, body);
  writer.finish(bytes);
  return bytes;
}

}  // namespace

Agent::Agent(Reactor& reactor, AgentOptions options)
    : reactor_(reactor), shared_(std::make_shared<AgentShared>(std::move(options))) {}

Agent::~Agent() = default;

Deferred<Response> Agent::request(std::string_view method, std::string_view url, Headers headers,
                                  std::string_view body) {
  Result<Url> parsed = Url::tryParse(url);
  if (!parsed) return fail<Response>(std::move(parsed).failure());
  return request(method, parsed.value(), std::move(headers), body);
}

Deferred<Response> Agent::request(std::string_view method, const Url& url, Headers headers,
                                  std::string_view body) {
  const auto line = std::make_shared<Line>();
  Exchange exchange;
  try {
    if (url.isSecure()) throw std::invalid_argument("https is not supported: " + url.toString());
    exchange.method = method;
    exchange.bytes = requestBytes(method, url, std::move(headers), body);
    exchange.line = line;
    exchange.answer = Promise<Response>([line](Promise<Response>&) { line->drop(); });
  } catch (...) {
    return fail<Response>(Failure::current());
  }
  Deferred<Response> answer = exchange.answer.deferred();
  line->connector = reactor_.connectTCP(
      url.host(), url.port(), std::make_shared<ExchangeFactory>(shared_, std::move(exchange)),
      {.timeout = shared_->options.connectTimeout});
  answer.addTimeout(shared_->options.timeout, reactor_);
  return answer;
}

}  // namespace couplet
