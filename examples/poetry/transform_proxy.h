// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A transform server that seems to be here.
#pragma once

#include <string>

#include <couplet/deferred/deferred.h>
#include <couplet/reactor/reactor.h>

namespace poetry {

/// Has poems transformed by the server at an address: one connection for each. Does not own the
/// reactor, which must outlive it.
class TransformProxy {
 public:
  TransformProxy(couplet::Reactor& reactor, couplet::Address server);

  /// The poem transformed by the transform called `name`. Takes its time: cancelling it, as a
  /// time-out does, closes the connection.
  couplet::Deferred<std::string> transform(const std::string& name, const std::string& poem);

 private:
  couplet::Reactor& reactor_;
  couplet::Address server_;
};

}  // namespace poetry
