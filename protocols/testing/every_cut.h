// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// The trap of every protocol on a stream: the network cuts messages where it likes. A parser is
// right when it says the same however its bytes are cut, and here is how to see that in one line.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#pragma GCC visibility push(default)
namespace couplet::testing {

/// The pieces of a transcript, in order; none is empty.
using Chunks = std::vector<std::string_view>;

/// What was heard depends on how the bytes were cut. `what()` tells the cut and both.
class CutDifference : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Every way of cutting that is tried: whole, in two at every place, and in pieces of 1, 2, 3, 5,
/// 7, 16 and 31 bytes. Of a transcript past 4,096 bytes, the places near its ends and every 97th
/// between. Views of `transcript`.
std::vector<Chunks> everyCut(std::string_view transcript);

/// Feeds `transcript` at every cut and throws CutDifference unless the same is heard each time.
/// `run` begins afresh, feeds the pieces that it gets, and returns what was heard: a std::string,
/// or a vector of them.
///
///     expectSameAtEveryCut("5:hello,0:,", [](const Chunks& chunks) {
///       Recorder recorder;
///       for (std::string_view chunk : chunks) recorder.dataReceived(chunk);
///       return recorder.heard;
///     });
template <class Run>
requires std::is_invocable_v<Run&, const Chunks&>
void expectSameAtEveryCut(std::string_view transcript, Run run);

/// The same with something that is as new when it has heard the whole transcript: `receive` feeds
/// it one piece, and `heard` is where it records; cleared before each round.
template <class Receive, class Heard>
requires std::is_invocable_v<Receive&, std::string_view>
void expectSameAtEveryCut(std::string_view transcript, Receive receive, Heard& heard) {
  expectSameAtEveryCut(transcript, [&](const Chunks& chunks) {
    heard.clear();
    for (const std::string_view chunk : chunks) receive(chunk);
    return heard;
  });
}

}  // namespace couplet::testing

namespace couplet::detail {

/// Quoted, with what cannot be printed as \xNN, and cut short where it is long.
std::string quoteBytes(std::string_view bytes);
std::string describeChunks(const testing::Chunks& chunks);
std::string describeHeard(const std::string& heard);
std::string describeHeard(const std::vector<std::string>& heard);

}  // namespace couplet::detail

namespace couplet::testing {

template <class Run>
requires std::is_invocable_v<Run&, const Chunks&>
void expectSameAtEveryCut(std::string_view transcript, Run run) {
  const std::vector<Chunks> cuts = everyCut(transcript);
  const auto whole = run(cuts.front());
  for (const Chunks& cut : cuts) {
    const auto heard = run(cut);
    if (heard == whole) continue;
    throw CutDifference("cut as " + detail::describeChunks(cut) + ": heard " +
                        detail::describeHeard(heard) + "; whole: heard " +
                        detail::describeHeard(whole));
  }
}

}  // namespace couplet::testing
#pragma GCC visibility pop
