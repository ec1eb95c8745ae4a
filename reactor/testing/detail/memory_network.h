// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What lies between the ends of in-memory connections: it says, turn by turn, what each
// end hears. Belongs to one MemoryReactor.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <couplet/deferred/callable.h>

namespace couplet::detail {

class MemoryConnection;
class MemoryPort;

/// Knows the ends that have something to hear, and the ports that listen. Owns neither.
class MemoryNetwork {
 public:
  /// See testing::MemoryReactorOptions.
  MemoryNetwork(std::size_t cut, std::size_t window) noexcept : cut_(cut), window_(window) {}
  MemoryNetwork(const MemoryNetwork&) = delete;
  MemoryNetwork& operator=(const MemoryNetwork&) = delete;

  std::size_t cut() const noexcept { return cut_; }
  void setCut(std::size_t bytes) noexcept { cut_ = bytes; }
  std::size_t window() const noexcept { return window_; }

  /// While held, nothing arrives anywhere.
  void hold(bool held) noexcept { held_ = held; }

  /// `event` happens at the next delivery, before what connections hear.
  void soon(Callable<void()> event) { events_.push_back(std::move(event)); }
  /// `end` has something to hear at the next delivery. Asking twice is asking once.
  void tell(MemoryConnection& end);
  void forget(MemoryConnection& end) noexcept;

  /// The events of one turn.
  void deliver();
  /// Whether `deliver` has something to do.
  bool ready() const noexcept { return !held_ && !(events_.empty() && ends_.empty()); }
  /// Destroys the events that have not happened.
  void clear() noexcept { events_.clear(); }

  void add(MemoryPort& port) { ports_.push_back(&port); }
  void remove(MemoryPort& port) noexcept;
  /// Where a connection to this host, a name or an address, arrives.
  struct Destination {
    MemoryPort* port;  // null when nobody listens there
    std::string address;
  };
  Destination find(const std::string& host, int port) const;
  /// Whether a port that listens already stands in the way of another.
  bool taken(const std::string& interface, int port) const;
  /// A number that no port has.
  int freePort();

  /// The look-up of this name fails from now on.
  void failLookup(std::string host) { unknownHosts_.push_back(std::move(host)); }
  bool lookupFails(const std::string& host) const;

 private:
  std::size_t cut_;
  std::size_t window_;
  bool held_ = false;
  int lastPort_ = 65535;  // that freePort gave
  std::vector<Callable<void()>> events_;
  std::vector<MemoryConnection*> ends_;
  std::vector<MemoryPort*> ports_;
  std::vector<std::string> unknownHosts_;
};

/// The numeric address of a host: for a name other than `localhost`, one of those reserved for
/// examples.
std::string addressOfHost(const std::string& host);

/// Whether it is one, or may be: made of digits, dots and colons.
bool isNumericHost(const std::string& host);

/// The address of this machine that one there sees.
std::string localAddressFor(const std::string& remote);

}  // namespace couplet::detail
