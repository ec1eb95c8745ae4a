// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Unmasking beside memcpy: the payload of a frame from one place to another, and where it stands.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include <benchmark/benchmark.h>

#include <couplet/protocols/websocket/detail/masking.h>

namespace {

constexpr std::array<std::uint8_t, 4> kKey = {0x37, 0xfa, 0x21, 0x3d};
constexpr std::size_t kHeadBytes = 6;  // so that the payload begins where it does in a frame

using Payload = void(char* to, char* from, std::size_t size);

void unmask(char* to, char* from, std::size_t size) {
  couplet::detail::maskBytes(to, from, size, kKey);
}
void unmaskInPlace(char*, char* from, std::size_t size) {
  couplet::detail::maskBytes(from, from, size, kKey);
}
void copy(char* to, char* from, std::size_t size) { std::memcpy(to, from, size); }

void measure(benchmark::State& state, Payload* work) {
  const auto size = static_cast<std::size_t>(state.range(0));
  std::string from(kHeadBytes + size, 'x');
  std::string to(size, 'x');
  for (auto _ : state) {
    work(to.data(), from.data() + kHeadBytes, size);
    benchmark::ClobberMemory();
  }
}

const bool registered = [] {
  const auto add = [](const char* name, Payload* work) {
    benchmark::RegisterBenchmark(name, measure, work)->Arg(16)->Arg(1024)->Arg(65536)->Arg(1 << 20);
  };
  add("unmask", unmask);
  add("in place", unmaskInPlace);
  add("memcpy", copy);
  return true;
}();

}  // namespace
