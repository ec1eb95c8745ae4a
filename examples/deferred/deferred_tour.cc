// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Shows step by step what Deferreds do: the programs defer-1 to defer-11 of the tutorial, and what
// becomes of an error that nobody handles. The numbers in the headings are theirs.
#include <iostream>
#include <string>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/report.h>
#include <couplet/protocols/program/plain_program.h>
#include <couplet/reactor/reactor.h>

namespace tour {

using namespace couplet;

void say(const std::string& line) { std::cout << "  " << line << "\n"; }

void gotPoem(const std::string& poem) { say("Your poem is served: " + poem); }

void poemFailed(const Failure& failure) {
  say("No poem for you. " + failure.typeName() + ": " + failure.message());
}

class PoemError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

void callback() {
  Promise<std::string> promise;
  promise.deferred().addCallbacks(gotPoem, poemFailed);
  promise.callback("This poem is short.");
}

void errbackWithFailure() {
  Promise<std::string> promise;
  promise.deferred().addCallbacks(gotPoem, poemFailed);
  promise.errback(Failure(PoemError("I have failed.")));
}

void errbackWithException() {
  Promise<std::string> promise;
  promise.deferred().addCallbacks(gotPoem, poemFailed);
  promise.errback(PoemError("I have failed, too."));
}

/// Fires a Promise twice: with a poem or with an error, each time.
void fireTwice(bool poemFirst, bool poemSecond) {
  Promise<std::string> promise;
  promise.deferred().addCallbacks(gotPoem, poemFailed);
  const auto fire = [&promise](bool withPoem, const std::string& what) {
    withPoem ? promise.callback(what) : promise.errback(PoemError(what));
  };
  fire(poemFirst, "First.");
  try {
    fire(poemSecond, "Second.");
  } catch (const AlreadyCalledError&) {
    say("The second time is an AlreadyCalledError.");
  }
}

void fireFromTheReactor() {
  const auto reactor = newReactor();
  Promise<std::string> promise;
  promise.deferred().addCallbacks(gotPoem, poemFailed).addCallback([&] { reactor->stop(); });
  reactor->callWhenRunning([&] { promise.callback("It came from the reactor."); });
  reactor->run();
}

void cleanUpWithBoth() {
  const auto reactor = newReactor();
  Promise<std::string> promise;
  promise.deferred().addCallbacks(gotPoem, poemFailed).addBoth([&](Result<void>) {
    say("Whatever came, this cleans up.");
    reactor->stop();
  });
  reactor->callWhenRunning([&] { promise.errback(PoemError("It did not come.")); });
  reactor->run();
}

void innerDeferredInCallback() {
  Promise<void> outer;
  Promise<std::string> inner;
  outer.deferred()
      .addCallback([] { say("Callback 1"); })
      .addCallback([&] {
        say("Callback 2 returns a Deferred: the chain waits.");
        return inner.deferred();
      })
      .addCallback([](const std::string& value) { say("Callback 3 got: " + value); });
  outer.callback();
  say("Now the inner one fires.");
  inner.callback("a value from inside");
}

void innerDeferredInErrback() {
  Promise<std::string> outer;
  Promise<std::string> inner;
  outer.deferred()
      .addErrback([&](const Failure& failure) {
        say("The errback got: " + failure.message());
        say("It returns a Deferred: the chain waits.");
        return inner.deferred();
      })
      .addCallback(gotPoem);
  outer.errback(PoemError("The first server is down."));
  say("Now the inner one fires.");
  inner.callback("A poem from the second server.");
}

void firedBefore() {
  succeed(std::string("It was there already.")).addCallback(gotPoem);
  fail<std::string>(PoemError("It was known before.")).addCallbacks(gotPoem, poemFailed);
}

void paused() {
  Deferred<void> deferred = succeed();
  deferred.pause();
  deferred.addCallback([] { say("The callback runs."); });
  say("A callback is added, but the Deferred is paused.");
  deferred.unpause();
}

void unhandled() {
  setReportFunction([](const UnhandledFailure& unhandled) {
    say("Unhandled error in Deferred: " + unhandled.failure.message());
  });
  Promise<std::string> promise;
  promise.deferred().addCallback(gotPoem);
  promise.errback(PoemError("Nobody asked what would become of me."));
  say("Finished.");
}

void show(const std::string& heading, void (*step)()) {
  std::cout << heading << "\n";
  step();
}

int all(const couplet::Arguments& arguments) {
  if (!arguments.empty()) throw couplet::UsageError("Bad arguments.");
  show("1. A callback", callback);
  show("2. An errback, with a Failure", errbackWithFailure);
  show("3. An errback, with an exception", errbackWithException);
  show("4. A callback twice", [] { fireTwice(true, true); });
  show("5. A callback, then an errback", [] { fireTwice(true, false); });
  show("6. An errback, then a callback", [] { fireTwice(false, true); });
  show("7. An errback twice", [] { fireTwice(false, false); });
  show("8. Fired by the reactor", fireFromTheReactor);
  show("9. addBoth cleans up", cleanUpWithBoth);
  show("10. A callback that returns a Deferred", innerDeferredInCallback);
  show("10. An errback that returns a Deferred", innerDeferredInErrback);
  show("11. A Deferred that has fired before", firedBefore);
  show("11. A paused Deferred", paused);
  show("An error that nobody handles", unhandled);
  return couplet::kSuccess;
}

}  // namespace tour

int main(int argc, char** argv) {
  return couplet::runProgram(argc, argv, {"[FLAG]...", "Shows what a Deferred does."}, tour::all);
}
