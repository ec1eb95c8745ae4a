// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the small programs of this folder share. Each shows one thing that Deferreds do, says with
// --help which, and takes no arguments.
#pragma once

#include <string>
#include <vector>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/result.h>
#include <couplet/reactor/reactor.h>

namespace lesson {

/// The main function of such a program: calls `body`. What it prints is not buffered, so that the
/// reports on standard error stand where they belong.
int run(int argc, char** argv, const std::string& shows, void (*body)());

/// The same for one that needs a reactor, which runs until the answer of `body` has fired.
int run(int argc, char** argv, const std::string& shows,
        couplet::Deferred<void> (*body)(couplet::Reactor&));

/// `got: ` and the text.
void gotPoem(const std::string& poem);

/// `failed: `, the type of the exception, and what it says.
void poemFailed(const couplet::Failure& failure);

/// How many there are, and each of them as those two do.
void gotPoems(const std::vector<couplet::Result<std::string>>& poems);

/// A poem, 50 ms later. It has no canceller: once asked for, it is sent.
couplet::Deferred<std::string> getPoem(couplet::Reactor& reactor);

}  // namespace lesson
