// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Finds the bytes that end something in a head: a line, a name, a target. Sixteen at a time where
// the processor can, else by the tables of grammar.h, which say what is right for both.
#pragma once

#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <couplet/protocols/http/detail/grammar.h>

namespace couplet::detail {

constexpr std::ptrdiff_t kBlock = 16;  // so many bytes at a time

#if defined(__SSE2__)

inline __m128i loadBlock(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

inline __m128i setAll(unsigned byte) { return _mm_set1_epi8(static_cast<char>(byte)); }

/// The top bit of each byte says whether it is not one of the `count` bytes from `first` on: they
/// are moved to 0, and then to what is just below 0x80.
inline __m128i notInRange(__m128i bytes, unsigned first, unsigned count) {
  return _mm_adds_epu8(_mm_sub_epi8(bytes, setAll(first)), setAll(0x80 - count));
}

inline __m128i equal(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }

inline unsigned topBits(__m128i bytes) { return static_cast<unsigned>(_mm_movemask_epi8(bytes)); }

#endif

/// Where text ends: at a control byte, which may be a tab, or a byte of 0x7f and more.
struct TextEnd {
  static bool is(char c) noexcept { return !isOf(c, ByteClass::kVisible) && c != ' '; }
#if defined(__SSE2__)
  static unsigned inBlock(__m128i bytes) { return topBits(notInRange(bytes, ' ', '~' - ' ' + 1)); }
#endif
};

/// Where a target ends: RFC 9112 section 3.2 and RFC 3986, without a fragment.
struct TargetEnd {
  static bool is(char c) noexcept { return !isOf(c, ByteClass::kTarget); }
#if defined(__SSE2__)
  static unsigned inBlock(__m128i bytes) {
    return topBits(_mm_or_si128(notInRange(bytes, '!', '~' - '!' + 1), equal(bytes, '#')));
  }
#endif
};

/// Where letters, digits, '-' and '.' end, of which most field names and hosts are made.
struct PlainEnd {
  static bool is(char c) noexcept { return !isOf(c, ByteClass::kPlain); }
#if defined(__SSE2__)
  static unsigned inBlock(__m128i bytes) {
    const __m128i noLetters = notInRange(_mm_or_si128(bytes, setAll(0x20)), 'a', 26);
    const __m128i noOthers = _mm_or_si128(notInRange(bytes, '-', '9' - '-' + 1), equal(bytes, '/'));
    return topBits(_mm_and_si128(noLetters, noOthers));
  }
#endif
};

/// Looks for such an end in a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : end_(text.data() + text.size()) {
#if defined(__SSE2__)
    if (text.size() >= kBlock) lastBlock_ = end_ - kBlock;
#endif
  }

  const char* end() const noexcept { return end_; }

  /// The first byte at or after `from` that ends it; `end()` where none does.
  template <class End>
  const char* find(const char* from) const noexcept {
#if defined(__SSE2__)
    if (from <= lastBlock_) [[likely]] {
      const unsigned ends = End::inBlock(loadBlock(from));
      if (ends != 0) [[likely]]
        return from + firstOf(ends);
    }
    return findFurther<End>(from);
#else
    return findByByte<End>(from);
#endif
  }

  /// The first byte at or after `from` that may not stand in a field: a control byte but no tab.
  const char* findControl(const char* from) const noexcept {
    const char* stop = find<TextEnd>(from);
    while (stop != end_ && isOf(*stop, ByteClass::kFieldText)) stop = find<TextEnd>(stop + 1);
    return stop;
  }

 private:
#if defined(__SSE2__)
  static unsigned firstOf(unsigned bits) noexcept {
    return static_cast<unsigned>(__builtin_ctz(bits));
  }

  template <class End>
  const char* findFurther(const char* from) const noexcept {
    if (lastBlock_ == nullptr) return findByByte<End>(from);
    for (; from <= lastBlock_; from += kBlock) {
      if (const unsigned ends = End::inBlock(loadBlock(from))) return from + firstOf(ends);
    }
    if (from == end_) return end_;
    const unsigned ends = End::inBlock(loadBlock(lastBlock_)) >> (from - lastBlock_);
    return ends ? from + firstOf(ends) : end_;
  }

  const char* lastBlock_ = nullptr;  // of a text that has one
#endif

  template <class End>
  const char* findByByte(const char* from) const noexcept {
    while (from != end_ && !End::is(*from)) ++from;
    return from;
  }

  const char* end_;
};

/// Whether `text` has no such end in it. Bytes may be looked at twice.
template <class End>
inline bool hasNone(std::string_view text) noexcept {
#if defined(__SSE2__)
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  if (text.size() >= kBlock) {
    for (const char* at = begin; at < end - kBlock; at += kBlock) {
      if (End::inBlock(loadBlock(at)) != 0) return false;
    }
    return End::inBlock(loadBlock(end - kBlock)) == 0;
  }
  if (text.size() >= kBlock / 2) {
    const auto half = [](const char* at) {
      return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
    };
    return End::inBlock(_mm_unpacklo_epi64(half(begin), half(end - kBlock / 2))) == 0;
  }
#endif
  for (const char c : text) {
    if (End::is(c)) return false;
  }
  return true;
}

}  // namespace couplet::detail
