// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What somebody keeps for a connection to a site, from one request to the next.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#pragma GCC visibility push(default)
namespace couplet {

class Transport;

/// See Request::keepForConnection. Released when the connection has ended, and it has been told.
class ConnectionObject {
 public:
  virtual ~ConnectionObject() = default;
  /// The connection has ended, or speaks another protocol now: called once. Must not throw.
  virtual void connectionEnded(bool byThisSide) = 0;
};

/// Those of all connections of a site.
class ConnectionObjects {
 public:
  /// What `owner` keeps for that connection; null where that is nothing.
  std::shared_ptr<ConnectionObject> find(const Transport& connection, const void* owner) const;
  /// In place of what it kept before.
  void keep(const Transport& connection, const void* owner,
            std::shared_ptr<ConnectionObject> object);
  /// Tells them, and releases them.
  void end(const Transport& connection, bool byThisSide) {
    if (!kept_.empty()) tellEnd(connection, byThisSide);
  }

 private:
  struct Kept {
    const void* owner;
    std::shared_ptr<ConnectionObject> object;
  };

  void tellEnd(const Transport& connection, bool byThisSide);

  std::unordered_map<const Transport*, std::vector<Kept>> kept_;
};

}  // namespace couplet
#pragma GCC visibility pop
