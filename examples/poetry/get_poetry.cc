// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Fetches poems, all at once, has each of them transformed, and prints them in the order asked for.
// The tutorial's client 6.0, with its exercises.
#include <cctype>
#include <iostream>
#include <optional>

#include <gflags/gflags.h>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/reactor.h>

#include "addresses.h"
#include "examples/program/seconds.h"
#include "poem_client.h"
#include "recital.h"
#include "transform_proxy.h"

DEFINE_string(transform_server, "", "[HOST:]PORT of the server that transforms the poems");
DEFINE_string(transform, "cummingsify", "what to do to the poems");
DEFINE_double(timeout, 5, "seconds that one poem may take, and one transform");
DEFINE_bool(progress, false, "tell on standard error what comes");
DEFINE_bool(netstring, false, "the poems are sent as netstrings");

namespace poetry {

using namespace couplet;

const couplet::Usage kUsage{"[FLAG]... [HOST:]PORT...",
                            "Prints the poems that the servers send. A poem that cannot be "
                            "transformed is printed as it is.\n"
                            "The status is 0 when every poem came, otherwise 1."};

/// What the command line asks for.
struct Wishes {
  std::vector<Address> servers;
  std::optional<Address> transformServer;
  Duration timeout;  // for each poem, and for each transform
};

class PoetryClient {
 public:
  PoetryClient(Reactor& reactor, Wishes wishes)
      : reactor_(reactor),
        wishes_(std::move(wishes)),
        recital_(wishes_.servers.size(), std::cout) {}

  /// Fetches and prints the poems, then stops the reactor.
  void start() {
    std::vector<Deferred<void>> recitals;
    for (std::size_t task = 0; task < wishes_.servers.size(); ++task)
      recitals.push_back(recite(task));
    gatherResults(std::move(recitals)).addCallback([this] { reactor_.stop(); });
  }

  bool everyPoemCame() const { return recital_.complete(); }

 private:
  Deferred<void> recite(std::size_t task) {
    return fetch(task)
        .addCallback([this](std::string poem) { return transform(std::move(poem)); })
        .addCallback([this, task](std::string poem) { recital_.poemCame(task, std::move(poem)); })
        .addErrback([this, task](const Failure& failure) {
          std::cerr << "Poem failed: " << wishes_.servers[task] << ": " << failure << std::endl;
          recital_.poemFailed(task);
        });
  }

  Deferred<std::string> fetch(std::size_t task) {
    const Address server = wishes_.servers[task];
    const Framing framing = FLAGS_netstring ? Framing::kNetstring : Framing::kNone;
    const auto progress = [task, server](std::size_t bytes) {
      tell(task, "got " + std::to_string(bytes) + " bytes of poetry from " + server.toString());
    };
    return limited("The download", getPoem(reactor_, server, framing, progress))
        .addCallback([task](std::string poem) {
          tell(task, std::to_string(poem.size()) + " bytes of poetry");
          return poem;
        });
  }

  /// The poem transformed; the poem itself where it is not to be, or cannot be.
  Deferred<std::string> transform(std::string poem) {
    if (!wishes_.transformServer) return succeed(std::move(poem));
    TransformProxy proxy(reactor_, *wishes_.transformServer);
    return limited("The transform", proxy.transform(FLAGS_transform, poem))
        .addErrback([poem](const Failure& failure) {
          std::cerr << capitalised(FLAGS_transform) << " failed! " << failure << std::endl;
          return poem;
        });
  }

  /// `work`, unless it takes too long.
  Deferred<std::string> limited(const char* what, Deferred<std::string> work) {
    return std::move(work).addTimeout(
        wishes_.timeout, reactor_, [what](Result<std::string>, Duration timeout) {
          return Result<std::string>(Failure(TimeoutError(timeout, what)));
        });
  }

  static void tell(std::size_t task, const std::string& news) {
    if (FLAGS_progress) std::cerr << "Task " << task + 1 << ": " << news << std::endl;
  }

  static std::string capitalised(std::string word) {
    word.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
    return word;
  }

  Reactor& reactor_;
  Wishes wishes_;
  Recital recital_;
};

Wishes readWishes(const couplet::Arguments& addresses) {
  Wishes wishes;
  for (const std::string& address : addresses) wishes.servers.push_back(parseAddress(address));
  if (!FLAGS_transform_server.empty())
    wishes.transformServer = parseAddress(FLAGS_transform_server);
  if (FLAGS_transform.empty() || FLAGS_transform.find('.') != std::string::npos)
    throw couplet::UsageError("Not the name of a transform: '" + FLAGS_transform + "'.");
  if (!wishes.transformServer && !gflags::GetCommandLineFlagInfoOrDie("transform").is_default)
    throw couplet::UsageError("--transform needs --transform_server.");
  wishes.timeout = examples::parseSeconds("--timeout", FLAGS_timeout, 0.001);
  return wishes;
}

int getPoetry(const couplet::Arguments& addresses) {
  if (addresses.empty()) {
    std::cerr << couplet::usageText("get_poetry", kUsage);
    return couplet::kBadUsage;
  }
  Wishes wishes = readWishes(addresses);
  const auto reactor = newReactor({.handleSignals = false});
  PoetryClient client(*reactor, std::move(wishes));
  client.start();
  reactor->run();
  return client.everyPoemCame() ? couplet::kSuccess : couplet::kFailure;
}

}  // namespace poetry

int main(int argc, char** argv) {
  return couplet::runProgram(argc, argv, poetry::kUsage, poetry::getPoetry);
}
