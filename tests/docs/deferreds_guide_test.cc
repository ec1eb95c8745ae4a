// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The listings of docs/guide/deferreds.md, and tests that run them.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <couplet/deferred/concurrently.h>
#include <couplet/deferred/deferred.h>
#include <couplet/deferred/deferred_lock.h>
#include <couplet/deferred/deferred_semaphore.h>
#include <couplet/deferred/gather_results.h>
#include <couplet/deferred/looping_call.h>
#include <couplet/deferred/pending.h>
#include <couplet/deferred/race.h>
#include <couplet/deferred/running_work.h>
#include <couplet/deferred/testing/fake_clock.h>
#include <couplet/deferred/testing/results.h>
#include <couplet/protocols/line.h>
#include <couplet/reactor/testing/driven_thread_pool.h>
#include <couplet/reactor/testing/memory_reactor.h>
#include <couplet/reactor/testing/string_transport.h>
#include <couplet/reactor/threads.h>

namespace couplet {
namespace {

using namespace couplet::testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

class LentOutError : public std::runtime_error {
 public:
  LentOutError() : std::runtime_error("it is lent out") {}
};

/// Gives what it is asked for when the test says so.
class Library {
 public:
  Deferred<std::string> getPoem(const std::string& title) {
    return asked_[title].emplace_back([this] { ++cancelled; }).deferred();
  }

  void send(const std::string& title, const std::string& poem) { take(title).callback(poem); }
  void refuse(const std::string& title) { take(title).errback(LentOutError()); }
  bool asked(const std::string& title) { return !asked_[title].empty(); }

  int cancelled = 0;

 private:
  Promise<std::string> take(const std::string& title) {
    Promise<std::string> promise = std::move(asked_[title].front());
    asked_[title].pop_front();
    return promise;
  }

  std::map<std::string, std::list<Promise<std::string>>> asked_;
};

/// The first line.
std::string titleOf(const std::string& poem) { return poem.substr(0, poem.find('\n')); }

// [promise]
/// A poem, a second later.
Deferred<std::string> getPoem(Clock& clock) {
  Promise<std::string> promise;
  Deferred<std::string> poem = promise.deferred();
  clock.callLater(1s, [promise = std::move(promise)]() mutable {
    promise.callback("Tyger Tyger, burning bright");
  });
  return poem;
}
// [after promise]

TEST(DeferredsGuideTest, APromiseFiresItsDeferred) {
  FakeClock clock;
  Deferred<std::string> poem = getPoem(clock);
  assertNoResult(poem);
  clock.advance(1s);
  EXPECT_EQ(successResultOf(poem), "Tyger Tyger, burning bright");
}

TEST(DeferredsGuideTest, APromiseThatGoesFailsItsDeferred) {
  auto clock = std::make_unique<FakeClock>();
  Deferred<std::string> poem = getPoem(*clock);
  clock.reset();
  failureResultOf<AbandonedError>(poem);
}

// [chain]
Deferred<std::string> headline(Library& library) {
  return library.getPoem("The Tyger")
      .addCallback(titleOf)
      .addCallback([](const std::string& title) { return "Read today: " + title; });
}
// [after chain]

TEST(DeferredsGuideTest, AChainHandsOneAnswerToTheNext) {
  Library library;
  Deferred<std::string> line = headline(library);
  library.send("The Tyger", "Tyger Tyger, burning bright,\nIn the forests of the night;");
  EXPECT_EQ(successResultOf(line), "Read today: Tyger Tyger, burning bright,");
}

// [failure]
Deferred<std::string> poemOrAnother(Library& library, const std::string& title) {
  return library.getPoem(title).addErrback([](const Failure& failure) -> std::string {
    failure.trap<LentOutError>();  // any other failure goes on down the chain
    return "In Place of a Poem";
  });
}
// [after failure]

TEST(DeferredsGuideTest, AnErrbackRecoversFromWhatItKnows) {
  Library library;
  Deferred<std::string> poem = poemOrAnother(library, "The Tyger");
  library.refuse("The Tyger");
  EXPECT_EQ(successResultOf(poem), "In Place of a Poem");
}

TEST(DeferredsGuideTest, AnErrbackLetsOtherFailuresGoBy) {
  Library library;
  Deferred<std::string> poem = poemOrAnother(library, "The Tyger");
  poem.cancel();
  failureResultOf<CancelledError>(poem);
}

/// From one language to another, some time later.
class Translator {
 public:
  Deferred<std::string> translate(const std::string& poem) {
    asked = poem;
    return answer.deferred();
  }

  std::string asked;
  Promise<std::string> answer;
};

// [inner]
Deferred<std::string> translated(Library& library, Translator& translator) {
  return library.getPoem("Wandrers Nachtlied")
      .addCallback([&translator](const std::string& poem) {
        return translator.translate(poem).addErrback([poem](const Failure&) { return poem; });
      })
      .addCallback(titleOf);
}
// [after inner]

TEST(DeferredsGuideTest, TheOuterDeferredWaitsForTheInnerOne) {
  Library library;
  Translator translator;
  Deferred<std::string> title = translated(library, translator);
  library.send("Wandrers Nachtlied", "Über allen Gipfeln\nIst Ruh,");
  assertNoResult(title);
  translator.answer.callback("O'er all the hilltops\nIs quiet now,");
  EXPECT_EQ(successResultOf(title), "O'er all the hilltops");
}

TEST(DeferredsGuideTest, TheErrbackOfTheInnerOneRescuesTheOuter) {
  Library library;
  Translator translator;
  Deferred<std::string> title = translated(library, translator);
  library.send("Wandrers Nachtlied", "Über allen Gipfeln\nIst Ruh,");
  translator.answer.errback(std::runtime_error("no such language"));
  EXPECT_EQ(successResultOf(title), "Über allen Gipfeln");
}

// [timeout]
Deferred<std::string> soon(Library& library, Clock& clock) {
  return library.getPoem("The Tyger")
      .addTimeout(5s, clock)  // covers what was added before it
      .addCallback(titleOf);  // and not what comes after
}
// [after timeout]

TEST(DeferredsGuideTest, ATimeOutCancels) {
  Library library;
  FakeClock clock;
  Deferred<std::string> title = soon(library, clock);
  clock.advance(5s);
  EXPECT_EQ(library.cancelled, 1);
  EXPECT_EQ(failureResultOf<TimeoutError>(title).get<TimeoutError>()->timeout(), 5s);
}

// [onTimeoutCancel]
Deferred<std::string> orSilence(Deferred<std::string> poem, Clock& clock) {
  return std::move(poem).addTimeout(
      5s, clock, [](Result<std::string>, Duration) { return std::string("Silence."); });
}
// [after onTimeoutCancel]

TEST(DeferredsGuideTest, ATimeOutMayHaveAnAnswer) {
  Library library;
  FakeClock clock;
  Deferred<std::string> poem = orSilence(library.getPoem("The Tyger"), clock);
  clock.advance(5s);
  EXPECT_EQ(successResultOf(poem), "Silence.");
}

// [handle]
class Reader {
 public:
  explicit Reader(Library& library) : library_(library) {}

  Deferred<std::string> read(std::string title) {
    reading_.cancel();  // the one before, wherever its Deferred is now
    Deferred<std::string> poem = library_.getPoem(std::move(title));
    reading_ = poem.cancelHandle();
    return poem;
  }

 private:
  Library& library_;
  CancelHandle reading_;
};
// [after handle]

TEST(DeferredsGuideTest, AHandleCancelsWhatHasMovedOn) {
  Library library;
  Reader reader(library);
  Deferred<std::string> title = reader.read("The Tyger").addCallback(titleOf);
  Deferred<std::string> poem = reader.read("Sonnet 18");
  failureResultOf<CancelledError>(title);
  assertNoResult(poem);
  EXPECT_EQ(library.cancelled, 1);
}

// [concurrently]
Deferred<std::string> anthology(Library& library) {
  auto [tyger, sonnet] = co_await concurrently([&] { return library.getPoem("The Tyger"); },
                                               [&] { return library.getPoem("Sonnet 18"); });
  co_return tyger + "\n" + sonnet;
}
// [after concurrently]

TEST(DeferredsGuideTest, BothPoemsAreAskedForAtOnce) {
  Library library;
  Deferred<std::string> book = anthology(library);
  library.send("Sonnet 18", "Shall I compare thee");
  library.send("The Tyger", "Tyger Tyger");
  EXPECT_EQ(successResultOf(book), "Tyger Tyger\nShall I compare thee");
}

TEST(DeferredsGuideTest, TheFirstFailureEndsTheOthers) {
  Library library;
  Deferred<std::string> book = anthology(library);
  library.refuse("Sonnet 18");
  EXPECT_EQ(library.cancelled, 1);
  EXPECT_EQ(failureResultOf<ItemError>(book).message(), "item 2 of 2: it is lent out");
}

// [race]
Deferred<std::string> fromEither(Library& city, Library& village) {
  std::vector<Deferred<std::string>> poems;
  poems.push_back(city.getPoem("The Tyger"));
  poems.push_back(village.getPoem("The Tyger"));
  auto [winner, poem] = co_await race(std::move(poems));
  co_return (winner == 0 ? "city: " : "village: ") + poem;
}
// [after race]

TEST(DeferredsGuideTest, TheFirstOneWinsARace) {
  Library city;
  Library village;
  Deferred<std::string> poem = fromEither(city, village);
  village.send("The Tyger", "Tyger Tyger");
  EXPECT_EQ(successResultOf(poem), "village: Tyger Tyger");
  EXPECT_EQ(city.cancelled, 1);
}

// [lock]
/// Must outlive the copying.
class Diary {
 public:
  explicit Diary(Library& library) : library_(library) {}

  Deferred<void> copy(std::string title) {
    const Acquired pen = co_await pen_.acquire();  // until the end of the function
    text_ += title + ": ";
    text_ += co_await library_.getPoem(title);
    text_ += "\n";
  }

  const std::string& text() const { return text_; }

 private:
  Library& library_;
  DeferredLock pen_;
  std::string text_;
};
// [after lock]

TEST(DeferredsGuideTest, ALockKeepsStepsTogether) {
  Library library;
  Diary diary(library);
  Deferred<void> first = diary.copy("The Tyger");
  Deferred<void> second = diary.copy("Sonnet 18");
  EXPECT_FALSE(library.asked("Sonnet 18"));
  library.send("The Tyger", "burning bright");
  library.send("Sonnet 18", "Shall I compare thee");
  EXPECT_EQ(diary.text(), "The Tyger: burning bright\nSonnet 18: Shall I compare thee\n");
}

TEST(DeferredsGuideTest, ACoroutineThatIsDiscardedReleasesItsLock) {
  Library library;
  Diary diary(library);
  Deferred<void> first = diary.copy("The Tyger");
  Deferred<void> second = diary.copy("Sonnet 18");
  std::move(first).discard();
  EXPECT_TRUE(library.asked("Sonnet 18"));
  library.send("Sonnet 18", "Shall I compare thee");
  successResultOf(second);
}

// [semaphore]
Deferred<std::vector<std::string>> getAll(Library& library, std::vector<std::string> titles) {
  DeferredSemaphore atOnce(8);
  std::vector<Deferred<std::string>> poems;
  for (const std::string& title : titles) {
    poems.push_back(atOnce.run([&library, title] { return library.getPoem(title); }));
  }
  co_return co_await gatherResults(std::move(poems));
}
// [after semaphore]

TEST(DeferredsGuideTest, ASemaphoreBoundsWhatRunsAtOnce) {
  Library library;
  std::vector<std::string> titles;
  for (int number = 1; number <= 9; ++number) titles.push_back("Sonnet " + std::to_string(number));
  Deferred<std::vector<std::string>> poems = getAll(library, titles);
  EXPECT_TRUE(library.asked("Sonnet 8"));
  EXPECT_FALSE(library.asked("Sonnet 9"));
  for (const std::string& title : titles) library.send(title, title);
  EXPECT_EQ(successResultOf(poems), titles);
}

// [looping]
/// Asks for a poem, and adds a dot to `patience` for each second that passes meanwhile.
Deferred<std::string> getPatiently(Library& library, Clock& clock, std::string& patience) {
  LoopingCall dots(clock, [&patience] { patience += '.'; });
  dots.start(1s, false);
  co_return co_await library.getPoem("The Tyger");  // the loop ends with this function
}
// [after looping]

TEST(DeferredsGuideTest, ALoopingCallEndsWithItsOwner) {
  Library library;
  FakeClock clock;
  std::string patience;
  Deferred<std::string> poem = getPatiently(library, clock, patience);
  for (int second = 0; second < 3; ++second) clock.advance(1s);
  library.send("The Tyger", "Tyger Tyger");
  clock.advance(1s);
  EXPECT_EQ(patience, "...");
  EXPECT_EQ(successResultOf(poem), "Tyger Tyger");
}

// [thread]
Deferred<long> countLetters(ThreadPool& pool, std::string poem) {
  return deferToThread(pool, [poem = std::move(poem)] {
    return std::count_if(poem.begin(), poem.end(), [](unsigned char c) { return std::isalpha(c); });
  });
}
// [after thread]

TEST(DeferredsGuideTest, LongWorkGoesToAThread) {
  MemoryReactor reactor;
  DrivenThreadPool pool(reactor);
  Deferred<long> letters = countLetters(pool, "Tyger Tyger");
  EXPECT_TRUE(pool.callNext());
  reactor.flush();
  EXPECT_EQ(successResultOf(letters), 10);
}

// [coroutine]
Deferred<std::string> translatedInOneGo(Library& library, Translator& translator) {
  std::string poem = co_await library.getPoem("Wandrers Nachtlied");
  try {
    poem = co_await translator.translate(poem);
  } catch (const std::exception&) {
    // then the original
  }
  co_return titleOf(poem);
}
// [after coroutine]

TEST(DeferredsGuideTest, ACoroutineSaysTheSame) {
  Library library;
  Translator translator;
  Deferred<std::string> title = translatedInOneGo(library, translator);
  library.send("Wandrers Nachtlied", "Über allen Gipfeln\nIst Ruh,");
  assertNoResult(title);
  translator.answer.errback(std::runtime_error("no such language"));
  EXPECT_EQ(successResultOf(title), "Über allen Gipfeln");
}

// [captures]
Deferred<std::string> twoPoems(Library& library, std::string between) {
  return library.getPoem("The Tyger")
      .addCallback([&library, between](std::string first) -> Deferred<std::string> {
        const std::string second = co_await library.getPoem("Sonnet 18");
        co_return first + between + second;  // `between` is still there
      });
}
// [after captures]

TEST(DeferredsGuideTest, AChainKeepsTheClosureOfACoroutine) {
  Library library;
  Deferred<std::string> poems = twoPoems(library, " and also, of the same evening, ");
  library.send("The Tyger", "Tyger Tyger");
  library.send("Sonnet 18", "Shall I compare thee");
  EXPECT_EQ(successResultOf(poems),
            "Tyger Tyger and also, of the same evening, Shall I compare thee");
}

// [kept]
Deferred<std::string> signedPoem(Library& library, std::string signature) {
  return maybeDeferred([&library, signature]() -> Deferred<std::string> {
    co_return co_await library.getPoem("The Tyger") + signature;
  });
}
// [after kept]

TEST(DeferredsGuideTest, MaybeDeferredKeepsTheClosureOfACoroutine) {
  Library library;
  Deferred<std::string> poem = signedPoem(library, ", in the hand of William Blake");
  library.send("The Tyger", "Tyger Tyger");
  EXPECT_EQ(successResultOf(poem), "Tyger Tyger, in the hand of William Blake");
}

// [reference]
Deferred<std::string> praised(Library& library, std::string title) {  // not const std::string&
  const std::string poem = co_await library.getPoem(title);
  co_return title + ": " + titleOf(poem) + " How well that is said!";
}
// [after reference]

TEST(DeferredsGuideTest, AParameterByValueLivesInTheFrame) {
  Library library;
  Deferred<std::string> praise = praised(library, std::string("The ") + "Tyger");
  library.send("The Tyger", "Tyger Tyger");
  EXPECT_EQ(successResultOf(praise), "The Tyger: Tyger Tyger How well that is said!");
}

// [this]
class PoemSession : public LineReceiver {
 public:
  explicit PoemSession(Library& library) : library_(library) {}

  void lineReceived(std::string_view title) override {
    whileConnected(answer(std::string(title)));  // the view is gone when this returns
  }

 private:
  Deferred<void> answer(std::string title) {
    const std::string poem = co_await library_.getPoem(title);
    sendLine(titleOf(poem));  // `this` is there: else this coroutine would not be
  }

  Library& library_;
};
// [after this]

TEST(DeferredsGuideTest, WorkOfAConnectionEndsWithIt) {
  Library library;
  StringTransport transport;
  auto session = std::make_unique<PoemSession>(library);
  transport.connect(*session);
  session->dataReceived("The Tyger\r\nSonnet 18\r\n");
  library.send("The Tyger", "Tyger Tyger");
  EXPECT_EQ(transport.value(), "Tyger Tyger\r\n");
  transport.loseConnection();
  transport.turn();
  session.reset();
  EXPECT_EQ(library.cancelled, 1);
}

// [work]
/// Copies poems for as long as it lives.
class Copyist {
 public:
  explicit Copyist(Library& library) : library_(library) {}

  void copy(std::string title) { work_.add(copyOne(std::move(title))); }
  const std::string& copies() const { return copies_; }

 private:
  Deferred<void> copyOne(std::string title) {
    const std::string poem = co_await library_.getPoem(title);
    copies_ += poem + "\n";
  }

  Library& library_;
  std::string copies_;
  RunningWork work_;  // last: it goes first, and with it what uses the others
};
// [after work]

TEST(DeferredsGuideTest, WorkOfAnObjectEndsWithIt) {
  Library library;
  std::optional<Copyist> copyist(std::in_place, library);
  copyist->copy("The Tyger");
  copyist->copy("Sonnet 18");
  library.send("The Tyger", "Tyger Tyger");
  EXPECT_EQ(copyist->copies(), "Tyger Tyger\n");
  copyist.reset();
  EXPECT_EQ(library.cancelled, 1);
}

// [again]
/// Must outlive the filling.
class Catalogue {
 public:
  explicit Catalogue(Library& library) : library_(library) {}

  Deferred<void> fill(std::string title) {
    std::string poem = co_await library_.getPoem(title);
    poems_[title] = std::move(poem);  // looked up now, not before: others have filled in theirs
  }

  std::size_t size() const { return poems_.size(); }

 private:
  Library& library_;
  std::map<std::string, std::string> poems_;
};
// [after again]

TEST(DeferredsGuideTest, WhatIsLookedUpAfterAnAwaitIsUpToDate) {
  Library library;
  Catalogue catalogue(library);
  Deferred<void> first = catalogue.fill("The Tyger");
  Deferred<void> second = catalogue.fill("Sonnet 18");
  library.send("Sonnet 18", "Shall I compare thee");
  library.send("The Tyger", "Tyger Tyger");
  EXPECT_EQ(catalogue.size(), 2u);
}

// [named]
Deferred<std::string> fetch(Library& library, const std::string& title) {
  return library.getPoem(title).named("fetch " + title);
}
// [after named]

// [pending]
TEST(FetchTest, LeavesNothingPending) {
  Library library;
  Deferred<std::string> poem = fetch(library, "The Tyger");
  library.send("The Tyger", "Tyger Tyger");
  EXPECT_THAT(pendingDeferreds(), IsEmpty());
}
// [after pending]

TEST(FetchTest, IsPendingByItsName) {
  if (!pendingVisible()) GTEST_SKIP() << "Couplet was built without COUPLET_PENDING_VIEW";
  Library library;
  Deferred<std::string> poem = fetch(library, "The Tyger");
  EXPECT_THAT(pendingDeferreds(), ElementsAre(Field(&PendingDeferred::name, "fetch The Tyger")));
}

}  // namespace
}  // namespace couplet
