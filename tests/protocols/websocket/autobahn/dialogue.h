// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Tests that are rows of a table: what the other side sends, and what must come back. The numbers
// are those of the public cases of the Autobahn Testsuite; what must come back is RFC 6455's, where
// that suite allows more, too.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/protocols/websocket/autobahn/peer.h"

namespace couplet::autobahn {

/// How frames arrive.
struct How {
  bool oneByOne = false;  // each in a write of its own
  std::size_t cut = 0;    // in pieces of so many bytes; 0 for as they are written
};

inline constexpr How kAtOnce{};
inline constexpr How kOneByOne{.oneByOne = true};
inline constexpr How inPiecesOf(std::size_t bytes) { return {.cut = bytes}; }

/// What is sent, and all that must have come back before anything else is sent.
struct Turn {
  std::vector<Frame> sent;
  std::vector<Frame> answer;
};

/// A number. After its turns, unless either side has closed, the other side closes with 1000, which
/// must be answered and end the connection as RFC 6455, 7.1.1 says.
struct Row {
  Row(const char* itsNumber, std::vector<Frame> sent, std::vector<Frame> answer, How itsHow = {})
      : Row(itsNumber, {{std::move(sent), std::move(answer)}}, itsHow) {}
  Row(const char* itsNumber, std::vector<Turn> itsTurns, How itsHow = {})
      : number(itsNumber), turns(std::move(itsTurns)), how(itsHow) {}

  std::string number;
  std::vector<Turn> turns;
  How how;
};

/// The rows of several tables.
std::vector<Row> joined(const std::vector<std::vector<Row>>& tables);

/// A row of any kind, and the side of ours that is to keep it.
template <class R>
struct OnSide {
  WebSocketSide side;
  R row;
};

template <class R>
void PrintTo(const OnSide<R>& one, std::ostream* out) {
  *out << one.row.number;
}

template <class R>
std::vector<OnSide<R>> on(WebSocketSide side, const std::vector<R>& rows) {
  std::vector<OnSide<R>> all;
  for (const R& row : rows) all.push_back({side, row});
  return all;
}

/// Autobahn_1_1_1, which scripts/check_numbers looks for.
template <class R>
std::string nameOf(const ::testing::TestParamInfo<OnSide<R>>& info) {
  std::string name = "Autobahn_" + info.param.row.number;
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
}

/// What our side is when it talks to a test: it takes up to 16 MiB.
WebSocketOptions roomy();

/// Holds the dialogue of `row`.
void converse(const OnSide<Row>& row);

/// The other side closes with 1000.
void closeNormally(Peer& peer);

/// The connection is to be over, after our side's `last` Close frame.
void expectEnd(Peer& peer, const Frame& last);

}  // namespace couplet::autobahn
