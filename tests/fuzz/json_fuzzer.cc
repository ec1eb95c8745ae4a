// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages from JSON, in every shape, and from the values of a query. The input is a letter that
// says which, and the text.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <couplet/protocols/message/bytes.h>
#include <couplet/protocols/message/detail/utf8.h>
#include <couplet/protocols/message/enumeration.h>
#include <couplet/protocols/message/text.h>
#include <couplet/protocols/message/uuid.h>
#include <couplet/protocols/message/wire.h>

#include "heap.h"
#include "require.h"

namespace {

using couplet::fuzz::require;
using namespace std::chrono;

enum class Colour { kRed, kGreen };
constexpr auto enumerators(Colour) {
  return couplet::named<Colour>({{"red", Colour::kRed}, {"green", Colour::kGreen}});
}

struct Scalars {
  bool b = false;
  std::int8_t i8 = 0;
  std::uint8_t u8 = 0;
  std::int64_t i64 = 0;
  std::uint64_t u64 = 0;
  float f = 0;
  double d = 0;
  std::string s;
  couplet::Bytes y;
  couplet::UUID u;
  Colour c = Colour::kRed;
  sys_days day{};
  sys_time<nanoseconds> t{};
  sys_seconds ts{};
  milliseconds ms{};
  duration<std::int64_t> l{};
  duration<double> ld{};

  static constexpr auto kMessage =
      couplet::message("fuzz.Scalars", couplet::member("b", &Scalars::b),
                       couplet::member("i8", &Scalars::i8), couplet::member("u8", &Scalars::u8),
                       couplet::member("i64", &Scalars::i64), couplet::member("u64", &Scalars::u64),
                       couplet::member("f", &Scalars::f), couplet::member("d", &Scalars::d),
                       couplet::member("s", &Scalars::s), couplet::member("y", &Scalars::y),
                       couplet::member("u", &Scalars::u), couplet::member("c", &Scalars::c),
                       couplet::member("day", &Scalars::day), couplet::member("t", &Scalars::t),
                       couplet::member("ts", &Scalars::ts), couplet::member("ms", &Scalars::ms),
                       couplet::member("l", &Scalars::l), couplet::member("ld", &Scalars::ld));
};

/// Every kind of member, inside of itself.
struct Everything {
  Scalars in;
  std::optional<int> o;
  std::optional<std::vector<Scalars>> os;
  std::vector<Everything> v;
  std::vector<bool> vb;
  std::deque<std::optional<std::string>> q;
  std::array<std::set<std::string>, 2> a;
  std::set<std::vector<int>> st;
  std::map<std::string, Everything> m;
  std::map<int, std::deque<double>> mi;
  std::map<std::pair<bool, std::string>, std::optional<std::set<double>>> mp;

  static constexpr auto kMessage = couplet::message(
      "fuzz.Everything", couplet::member("in", &Everything::in),
      couplet::member("o", &Everything::o), couplet::member("os", &Everything::os),
      couplet::member("v", &Everything::v), couplet::member("vb", &Everything::vb),
      couplet::member("q", &Everything::q), couplet::member("a", &Everything::a),
      couplet::member("st", &Everything::st), couplet::member("m", &Everything::m),
      couplet::member("mi", &Everything::mi), couplet::member("mp", &Everything::mp));
};

constexpr couplet::JSONLimits kLimits{.depth = 24, .values = 300};

/// Whatever the text was, its error can be shown, and be sent.
void checkError(std::string_view error) {
  require(!error.empty() && error.size() < 600, "an error is short");
  require(couplet::detail::isUTF8(error), "and UTF-8");
  require(std::all_of(error.begin(), error.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; }),
          "and printable");
}

/// Nothing where `read` refuses.
template <class F>
auto taken(F read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const couplet::MessageError& error) {
    checkError(error.what());
    return std::nullopt;
  }
}

template <class M>
void checkAgain(const M& message) {
  const std::string text = couplet::toJSON(message);
  require(couplet::toJSON(couplet::fromJSON<M>(text, kLimits)) == text,
          "what was read is written, and read as the same");
  require(!couplet::toText(message).empty(), "and can be shown");
  std::string wrapped;
  couplet::appendWrapped(wrapped, message);
  require(couplet::toJSON(couplet::fromWrapped<M>(wrapped, kLimits)) == text,
          "also where it is wrapped");
  std::string onWire;
  couplet::appendWire(onWire, message);
  require(couplet::toJSON(couplet::fromWire<M>(onWire, {}, kLimits).value()) == text,
          "and on the wire");
}

template <class M, class F>
void check(F read) {
  if (const std::optional<M> message = taken(read)) checkAgain(*message);
}

void checkAnswer(std::string_view text) {
  const auto answer = couplet::fromWire<Everything>(text, {}, kLimits);
  if (answer) return checkAgain(answer.value());
  const auto* const fault = answer.failure().template get<couplet::Fault>();
  if (!fault) return checkError(answer.failure().message());
  require(fault->exitStatus() > 0 && fault->status() >= 400, "a fault is one");
  std::string written;
  couplet::appendWire(written, *fault);
  const auto again = couplet::fromWire<Everything>(written, {}, kLimits);
  std::string rewritten;
  require(!again && again.failure().template check<couplet::Fault>(), "a fault goes on");
  couplet::appendWire(rewritten, *again.failure().template get<couplet::Fault>());
  require(rewritten == written, "as the same");
}

/// `name=value`.
void checkMember(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view value = text.substr(std::min(equals + 1, text.size()));
  check<Scalars>([&] {
    Scalars scalars;
    couplet::setMember(scalars, text.substr(0, equals), value, kLimits);
    return scalars;
  });
}

void checkText(char shape, std::string_view text) {
  switch (shape) {
    case 's':
      return check<Scalars>([&] { return couplet::fromJSON<Scalars>(text, kLimits); });
    case 'b':
      return check<Everything>([&] { return couplet::fromBody<Everything>(text, kLimits); });
    case 'w':
      return checkAnswer(text);
    case 'q':
      return checkMember(text);
    default:
      return check<Everything>([&] { return couplet::fromJSON<Everything>(text, kLimits); });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) return 0;
  const std::size_t before = couplet::fuzz::heapInUse();
  checkText(input.front(), input.substr(1));
  require(couplet::fuzz::heapInUse() <= before + 65'536, "nothing is kept");
  return 0;
}
