// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A mesh without a registry: a list of this process.
#pragma once

#include <iosfwd>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "examples/circuit/mesh.h"

namespace circuit {

/// Answers at once. What is announced here is known here only: that it is right elsewhere, too, is
/// up to who writes the lists.
class StaticMesh final : public Mesh {
 public:
  using Nodes = std::vector<std::pair<std::string, couplet::Address>>;

  /// Announces `nodes`. Prints the name of each node that is new; `out` must outlive this.
  explicit StaticMesh(std::ostream& out, const Nodes& nodes = {});

  couplet::Deferred<void> announce(std::string name, couplet::Address where) override;
  couplet::Deferred<void> withdraw(std::string name, couplet::Address where) override;
  couplet::Deferred<couplet::Address> pick(std::string name) override;
  couplet::Deferred<Addresses> watch(std::string name, Addresses known) override;

 private:
  struct Watcher {
    std::string name;
    Addresses known;
    couplet::Promise<Addresses> promise;
  };

  void add(const std::string& name, couplet::Address where);
  void tellWatchers(const std::string& name);

  std::ostream& out_;
  std::map<std::string, Addresses> nodes_;  // a name that has no address stays
  std::list<Watcher> watchers_;             // whose addresses are those they know
};

}  // namespace circuit
