// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What a pool knows of its connections; they share it, since they may outlive the pool.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/connection_pool.h>
#include <couplet/protocols/http/message_head.h>

namespace couplet {
class Connector;
class Reactor;
}  // namespace couplet

namespace couplet::detail {

class HTTPClientProtocol;

/// What to connect to. Connections with equal keys can stand for each other.
struct ClientDestination {
  std::string key;  // for people, too
  std::string host;
  int port;
  Duration connectTimeout;
};

/// Who is to get a connection, and the attempt to make it.
struct ConnectionWaiter {
  ConnectionWaiter(ClientDestination destination, bool wantsFresh)
      : to(std::move(destination)), fresh(wantsFresh) {}

  ClientDestination to;
  bool fresh;  // only one that carried no request yet will do
  Promise<HTTPClientProtocol*> promise;
  std::weak_ptr<Connector> connector;
};

class ClientConnections : public std::enable_shared_from_this<ClientConnections> {
 public:
  ClientConnections(Reactor& reactor, HTTPPoolOptions options);
  ~ClientConnections();

  /// A connection, to be used as soon as it is given; when there may be no more of them, in turn. A
  /// `fresh` one carried no request yet; who wants one goes before those who do not.
  Deferred<HTTPClientProtocol*> get(ClientDestination to, bool fresh);

  /// For connections: it is free; it was lost, or is another protocol's now.
  void put(HTTPClientProtocol& connection);
  void left(HTTPClientProtocol& connection);
  /// A connection to it, or an attempt, went with its reactor: nobody is served.
  void forget(const std::string& key) noexcept;
  /// An idle one is not to be used.
  void dropIdle(HTTPClientProtocol& connection) noexcept;
  /// An attempt came to nothing.
  void failed(ConnectionWaiter& waiter, const Failure& reason);

  Deferred<void> closeIdle();
  void keepNone();
  std::size_t idle() const noexcept { return idle_.size(); }
  const HTTPPoolOptions& options() const noexcept { return options_; }
  HTTPHeadTable& table() noexcept { return table_; }

 private:
  struct Host {
    std::size_t open = 0;                                   // connections, and attempts
    std::size_t closing = 0;                                // of them, to make room for fresh ones
    std::deque<std::shared_ptr<ConnectionWaiter>> waiting;  // for fresh ones first
  };

  HTTPClientProtocol* takeIdle(const std::string& key) noexcept;
  void keepOldOnesOut(const std::string& key);
  Deferred<HTTPClientProtocol*> wait(std::shared_ptr<ConnectionWaiter> waiter);
  void connect(const std::shared_ptr<ConnectionWaiter>& waiter);
  void makeRoom(Host& host, const std::string& key);
  void serve(const std::string& key);

  Reactor& reactor_;
  const HTTPPoolOptions options_;
  HTTPHeadTable table_;
  std::map<std::string, Host> hosts_;      // by key; none without connections
  std::vector<HTTPClientProtocol*> idle_;  // the oldest first
  bool keepsNone_ = false;
};

}  // namespace couplet::detail
