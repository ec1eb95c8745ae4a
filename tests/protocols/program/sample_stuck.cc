// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A program that never comes to an end, in a way that --how says.
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <utility>

#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_lock.h>
#include <couplet/deferred/deferred_queue.h>
#include <couplet/protocols/program/program.h>
#include <couplet/protocols/stream.h>
#include <couplet/reactor/reactor.h>

using namespace couplet;

namespace {

struct Settings {
  std::string how = "promise";
  static constexpr auto kMessage = message("sample.Settings", member("how", &Settings::how));
};

Deferred<void> waitForPromise(Reactor&) {
  Promise<void> nobodyFiresIt;
  co_await nobodyFiresIt.deferred().named("fetch poem").addCallback([] {});
}

Deferred<void> waitForLock(Reactor&) {
  DeferredLock lock;
  Acquired first = co_await lock.acquire();
  Acquired second = co_await lock.acquire().named("the second one");
}

Deferred<void> waitForJob(Reactor&) {
  DeferredQueue<std::string> jobs;
  std::string job = co_await jobs.get();
}

Deferred<void> waitForPeer(Reactor& reactor) {
  StreamListener silent = listenStream(reactor, 0, {.interface = "127.0.0.1"});
  Stream stream = co_await connectStream(reactor, "127.0.0.1", silent.getHost().port);
  std::string line = co_await stream.readUntil("\n").named("the first line");
}

Deferred<void> waitForEachOther(Reactor&) {
  Promise<void> hen;
  Promise<void> egg;
  Deferred<void> hatched = hen.deferred().named("hen");
  egg.deferred().named("egg").chainDeferred(std::move(hen));
  return std::move(hatched).chainDeferred(std::move(egg));
}

Deferred<void> waitInShutdown(Reactor& reactor) {
  Promise<void> nobodyFiresIt;
  Promise<void> norThis;
  reactor.addShutdownTrigger(ShutdownPhase::kBefore,
                             [&] { return nobodyFiresIt.deferred().named("say goodbye"); });
  co_await norThis.deferred();
}

Deferred<void> beStuck(Program& program, const Settings& settings) {
  static const std::map<std::string, Deferred<void> (*)(Reactor&)> ways = {
      {"promise", &waitForPromise}, {"lock", &waitForLock},        {"job", &waitForJob},
      {"peer", &waitForPeer},       {"circle", &waitForEachOther}, {"shutdown", &waitInShutdown}};
  std::cout << "stuck: " << settings.how << std::endl;
  return ways.at(settings.how)(program.reactor());
}

}  // namespace

int main(int argc, char** argv) { return runProgram(argc, argv, Settings(), beStuck); }
