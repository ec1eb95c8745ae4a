// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What fast_poetry and slow_poetry have in common: several poems, each on a port of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/factory.h>

namespace poetry {

/// A poem as it goes over the wire, shared by all who read it.
using WirePoem = std::shared_ptr<const std::string>;

/// Makes the factory that serves `poem`.
using PoemFactory = std::function<std::shared_ptr<couplet::Factory>(WirePoem poem)>;

/// Serves the poems in `files` until it is told to stop: the first on `--port`, the others on those
/// after it, or each on any free one.
int servePoems(const couplet::Arguments& files, const PoemFactory& newFactory);

}  // namespace poetry
