// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Who is where: the nodes that can be reached, by their names. All answers are Deferreds, since who
// knows may be elsewhere.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/reactor/address.h>

namespace circuit {

/// Nobody of that name is known.
class UnknownNodeError : public std::runtime_error {
 public:
  explicit UnknownNodeError(const std::string& name)
      : std::runtime_error("there is no node " + name) {}
};

/// Where one address of a name may be as good as another. Outlives all Deferreds that it gives;
/// those that wait fail with AbandonedError when it goes.
class Mesh {
 public:
  using Addresses = std::vector<couplet::Address>;

  Mesh() = default;
  Mesh(const Mesh&) = delete;
  Mesh& operator=(const Mesh&) = delete;
  virtual ~Mesh() = default;

  /// Says that the node `name` serves at `where`. Fires when others can know.
  virtual couplet::Deferred<void> announce(std::string name, couplet::Address where) = 0;

  /// Says that it does no longer. Does nothing for an address that was not announced.
  virtual couplet::Deferred<void> withdraw(std::string name, couplet::Address where) = 0;

  /// One address of `name`. Fails with UnknownNodeError where there is none.
  virtual couplet::Deferred<couplet::Address> pick(std::string name) = 0;

  /// The addresses of `name`, as soon as they are others than `known`; so without `known`, as
  /// soon as there are any. To see all that happens, ask again with what came:
  ///
  ///     while (working) now = co_await mesh.watch("buzzer", now);
  virtual couplet::Deferred<Addresses> watch(std::string name, Addresses known = {}) = 0;
};

}  // namespace circuit
