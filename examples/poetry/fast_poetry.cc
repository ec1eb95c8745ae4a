// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Serves poems, each to everybody who connects, as fast as they read. The tutorial's part 11.
#include "fast_poetry_protocol.h"
#include "serve_poems.h"

namespace {

const couplet::Usage kUsage{
    "[FLAG]... POEM...",
    "Serves each file POEM: the first on --port, the next on the port after it."};

std::shared_ptr<couplet::Factory> newFactory(poetry::WirePoem poem) {
  return couplet::Factory::forProtocol<poetry::FastPoetryProtocol>(std::move(poem));
}

}  // namespace

int main(int argc, char** argv) {
  return couplet::runProgram(argc, argv, kUsage, [](const couplet::Arguments& files) {
    return poetry::servePoems(files, newFactory);
  });
}
