// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/detail/masking.h>

#include <bit>
#include <cstring>

namespace couplet::detail {

namespace {

using Vector = std::uint32_t __attribute__((vector_size(16)));

template <class Word>
Word load(const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

template <class Word>
void store(char* to, Word word) noexcept {
  std::memcpy(to, &word, sizeof word);
}

/// The key, repeated, as the bytes from `phase` on meet it.
class Key {
 public:
  Key(std::array<std::uint8_t, 4> key, std::size_t phase) noexcept
      : word_(turned(load<std::uint32_t>(reinterpret_cast<const char*>(key.data())), phase)) {}

  template <class Word>
  Word at(std::size_t offset) const noexcept {
    const std::uint32_t word = turned(word_, offset);
    if constexpr (sizeof(Word) == sizeof(Vector)) {
      return Vector{word, word, word, word};
    } else {
      return static_cast<Word>(word * (Word{1} | Word{1} << (8 * sizeof(Word) - 32)));
    }
  }

 private:
  static std::uint32_t turned(std::uint32_t word, std::size_t bytes) noexcept {
    const int bits = static_cast<int>(8 * (bytes % 4));
    return std::endian::native == std::endian::little ? std::rotr(word, bits)
                                                      : std::rotl(word, bits);
  }

  std::uint32_t word_;
};

/// Of at least one word. The first and the last one may overlap with those beside them: they are
/// loaded before and stored behind all others, so that `to` may be `from`.
template <class Word>
void maskWords(char* to, const char* from, std::size_t size, const Key& key) noexcept {
  constexpr std::size_t kWord = sizeof(Word);
  constexpr std::size_t kStep = 4 * kWord;
  const std::size_t lastAt = size - kWord;
  const Word first = load<Word>(from) ^ key.at<Word>(0);
  const Word last = load<Word>(from + lastAt) ^ key.at<Word>(lastAt);
  std::size_t at = size < 2 * kStep ? kWord : kWord - reinterpret_cast<std::uintptr_t>(to) % kWord;
  const Word word = key.at<Word>(at);
  for (; at + kStep <= size; at += kStep) {
    const Word a = load<Word>(from + at) ^ word;
    const Word b = load<Word>(from + at + kWord) ^ word;
    const Word c = load<Word>(from + at + 2 * kWord) ^ word;
    const Word d = load<Word>(from + at + 3 * kWord) ^ word;
    store(to + at, a);  // aligned, where there is much
    store(to + at + kWord, b);
    store(to + at + 2 * kWord, c);
    store(to + at + 3 * kWord, d);
  }
  for (; at < lastAt; at += kWord) store(to + at, load<Word>(from + at) ^ word);
  store(to, first);
  store(to + lastAt, last);
}

}  // namespace

void maskBytes(char* to, const char* from, std::size_t size, std::array<std::uint8_t, 4> key,
               std::size_t phase) noexcept {
  const Key turned(key, phase);
  if (size >= sizeof(Vector)) return maskWords<Vector>(to, from, size, turned);
  if (size >= 8) return maskWords<std::uint64_t>(to, from, size, turned);
  if (size >= 4) return maskWords<std::uint32_t>(to, from, size, turned);
  for (std::size_t at = 0; at < size; ++at) {
    to[at] = static_cast<char>(from[at] ^ key[(phase + at) % 4]);
  }
}

}  // namespace couplet::detail
