// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Fetches a poem from a poetry server.
#pragma once

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>

#include <couplet/deferred/deferred.h>
#include <couplet/reactor/reactor.h>

#include "poem_file.h"

namespace poetry {

/// The server sends more than anybody would call a poem.
class PoemTooLongError : public std::runtime_error {
 public:
  PoemTooLongError();
};

/// Hears of each piece of a poem as it comes.
using Progress = std::function<void(std::size_t bytes)>;

/// The poem that `server` sends. Without framing, the end of the connection ends the poem, and only
/// a connection that breaks is a failure. Takes its time: cancelling it, as a time-out does, closes
/// the connection.
couplet::Deferred<std::string> getPoem(couplet::Reactor& reactor, const couplet::Address& server,
                                       Framing framing, Progress progress);

/// The same without framing and progress.
couplet::Deferred<std::string> getPoem(couplet::Reactor& reactor, const couplet::Address& server);

}  // namespace poetry
