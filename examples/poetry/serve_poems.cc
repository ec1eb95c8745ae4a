// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "serve_poems.h"

#include <numeric>
#include <vector>

#include "examples/program/listening.h"
#include "examples/program/ports.h"
#include "poem_file.h"
#include "poem_server_flags.h"

namespace poetry {

namespace {

std::vector<WirePoem> readPoems(const couplet::Arguments& files) {
  std::vector<WirePoem> poems;
  for (const std::string& file : files)
    poems.push_back(std::make_shared<const std::string>(readPoem(file, framingFlag())));
  return poems;
}

/// The port of each of `count` poems.
std::vector<int> choosePorts(std::size_t count) {
  examples::requireListenable(FLAGS_port);
  std::vector<int> ports(count, FLAGS_port);
  if (FLAGS_port == 0) return ports;
  std::iota(ports.begin(), ports.end(), FLAGS_port);
  if (ports.back() <= 65535) return ports;
  throw couplet::UsageError("error: Ports must be from 0 to 65535, but the last poem's would be " +
                            std::to_string(ports.back()) + ".");
}

}  // namespace

int servePoems(const couplet::Arguments& files, const PoemFactory& newFactory) {
  if (files.empty()) throw couplet::UsageError("Provide at least one poetry file.");
  const std::vector<int> ports = choosePorts(files.size());
  const std::vector<WirePoem> poems = readPoems(files);
  const auto reactor = couplet::newReactor();
  for (std::size_t i = 0; i < files.size(); ++i)
    examples::announce(
        *reactor, files[i],
        examples::listenOn(*reactor, FLAGS_iface, ports[i], newFactory(poems[i])).toString());
  reactor->run();
  return couplet::kSuccess;
}

}  // namespace poetry
