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

inline __m128i notLetters(__m128i bytes) {
  return notInRange(_mm_or_si128(bytes, setAll(0x20)), 'a', 26);
}

inline __m128i equal(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }

inline unsigned topBits(__m128i bytes) { return static_cast<unsigned>(_mm_movemask_epi8(bytes)); }

#endif

// What may end something. `ends` has the top bit of each byte that does.

/// Where text ends: at a control byte, which may be a tab, or a byte of 0x7f and more.
struct TextEnd {
  static bool is(char c) noexcept { return !isOf(c, ByteClass::kVisible) && c != ' '; }
#if defined(__SSE2__)
  static __m128i ends(__m128i bytes) { return notInRange(bytes, ' ', '~' - ' ' + 1); }
#endif
};

/// Where a target ends: RFC 9112 section 3.2 and RFC 3986, without a fragment.
struct TargetEnd {
  static bool is(char c) noexcept { return !isOf(c, ByteClass::kTarget); }
#if defined(__SSE2__)
  static __m128i ends(__m128i bytes) {
    return _mm_or_si128(notInRange(bytes, '!', '~' - '!' + 1), equal(bytes, '#'));
  }
#endif
};

/// Where letters, digits, '-' and '.' end, of which most field names and hosts are made.
struct PlainEnd {
  static bool is(char c) noexcept { return !isOf(c, ByteClass::kPlain); }
#if defined(__SSE2__)
  static __m128i ends(__m128i bytes) {
    const __m128i noOthers = _mm_or_si128(notInRange(bytes, '-', '9' - '-' + 1), equal(bytes, '/'));
    return _mm_and_si128(notLetters(bytes), noOthers);
  }
#endif
};

/// Where letters and '-' end, of which nearly all field names are made.
struct NameEnd {
  static bool is(char c) noexcept { return !isLetter(c) && c != '-'; }
#if defined(__SSE2__)
  static __m128i ends(__m128i bytes) {
    return _mm_andnot_si128(equal(bytes, '-'), notLetters(bytes));
  }
#endif
};

/// Where the path of a target ends: at its query, or with it.
struct PathEnd {
  static bool is(char c) noexcept { return c == '?' || c == ' '; }
#if defined(__SSE2__)
  static __m128i ends(__m128i bytes) { return _mm_or_si128(equal(bytes, '?'), equal(bytes, ' ')); }
#endif
};

/// Looks for such an end in a text. A value: pass it as one.
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
      if (const unsigned ends = endsAt<End>(from)) [[likely]]
        return from + firstOf(ends);
    }
#endif
    return findFurther<End>(*this, from);
  }

  /// The first of the 16 bytes at `from` that ends it; where none does, what is behind them, or
  /// bytes of zero when that is not in the text. For a text of 16 bytes or more.
  template <class End>
  const char* findNear(const char* from) const noexcept {
#if defined(__SSE2__)
    if (from <= lastBlock_) [[likely]]
      return from + firstOf(endsAt<End>(from) | 1u << kBlock);
    const unsigned ends = endsAt<End>(lastBlock_) >> (from - lastBlock_);
    return ends ? from + firstOf(ends) : kNothing;
#else
    if (from >= end_) return kNothing;
    const bool block = end_ - from >= kBlock;
    const char* const most = block ? from + kBlock : end_;
    while (from != most && !End::is(*from)) ++from;
    return block || from != most ? from : kNothing;
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
  static std::size_t firstOf(unsigned bits) noexcept {
    return static_cast<std::size_t>(__builtin_ctzll(bits));
  }

  template <class End>
  static unsigned endsAt(const char* at) noexcept {
    return topBits(End::ends(loadBlock(at)));
  }

  template <class End>
  [[gnu::noinline]] static const char* findFurther(Scanner in, const char* from) noexcept {
    if (in.lastBlock_ == nullptr) return in.findByByte<End>(from);
    for (; from <= in.lastBlock_; from += kBlock) {
      if (const unsigned ends = endsAt<End>(from)) return from + firstOf(ends);
    }
    if (from == in.end_) return in.end_;
    const unsigned ends = endsAt<End>(in.lastBlock_) >> (from - in.lastBlock_);
    return ends ? from + firstOf(ends) : in.end_;
  }

  const char* lastBlock_ = nullptr;  // of a text that has one
#else
  template <class End>
  static const char* findFurther(Scanner in, const char* from) noexcept {
    return in.findByByte<End>(from);
  }
#endif

  static constexpr char kNothing[kBlock] = {};

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
    __m128i ends = End::ends(loadBlock(end - kBlock));
    for (const char* at = begin; at < end - kBlock; at += kBlock) {
      ends = _mm_or_si128(ends, End::ends(loadBlock(at)));
    }
    return topBits(ends) == 0;
  }
  if (text.size() >= kBlock / 2) {
    const auto half = [](const char* at) {
      return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
    };
    return topBits(End::ends(_mm_unpacklo_epi64(half(begin), half(end - kBlock / 2)))) == 0;
  }
#endif
  for (const char c : text) {
    if (End::is(c)) return false;
  }
  return true;
}

}  // namespace couplet::detail
