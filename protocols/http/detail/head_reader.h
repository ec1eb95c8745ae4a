// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Reads what consists of lines: heads and trailer sections. In place where all of it came in one
// piece; else it keeps what came and reads each line when it is whole, so that every byte is looked
// at a constant number of times.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <couplet/protocols/http/detail/framing.h>
#include <couplet/protocols/http/detail/head_table.h>
#include <couplet/protocols/http/detail/refusals.h>
#include <couplet/protocols/http/detail/scan.h>
#include <couplet/protocols/http/errors.h>
#include <couplet/protocols/http/unfinished.h>

namespace couplet::detail {

/// What bounds a section, in bytes and in fields.
struct SectionLimits {
  std::size_t firstLine;
  std::size_t all;
  std::size_t fields;
};

/// What came of a try to read a section.
struct Reading {
  enum Outcome : std::uint8_t { kNeedMore, kEmptyLine, kWhole, kRefused };

  Outcome outcome = kNeedMore;
  const HTTPRefusal* refusal = nullptr;  // of kRefused

  static Reading refused(const HTTPRefusal* why) noexcept { return {kRefused, why}; }
  static Reading unlessRefused(const HTTPRefusal* why) noexcept {
    return why ? refused(why) : Reading{kWhole};
  }
};

/// Reads one section after the other. What one is made of is said by its type:
///
///     static constexpr bool kHasFirstLine, kTakesEmptyLine, kTakesBareLF, kTakesFolds;
///     static constexpr const HTTPRefusal& kFirstLineTooLong, kTooLarge;
///     SectionLimits limits() const;
///     HeaderField* begin() const;  // it is read from its first byte; where its fields go
///     const char* ordinaryFirstLine(Scanner, const char* begin, const char* most) const;
///     const HTTPRefusal* firstLine(Scanner, const char* begin, const char* end) const;
///     void field(const HeaderField&) const;
///     const HTTPRefusal* whole(Scanner, std::string_view lines,
///                              std::span<const HeaderField>) const;
///     std::string& unfolded() const;
///
/// It is passed by value, since it only says where to write.
///
/// `ordinaryFirstLine` is a short cut: it may read the line, which ends before `most`, and return
/// what is behind it; null leaves it to `firstLine`.
///
/// A section that comes in several pieces is told twice: line by line as it comes, which shows at
/// once what is wrong, and after another `begin` when it is whole.
class HeadReader {
 public:
  explicit HeadReader(UnfinishedHead& kept) noexcept : kept_(kept) {}

  /// Takes a section off the front of `bytes`: kNeedMore when it is not whole, and they were all
  /// taken; kWhole; or kRefused, after which there must be no other call.
  template <class Section>
  Reading read(std::string_view& bytes, Section section);

  /// The views of the section that was whole last are not needed any more.
  static void forget(UnfinishedHead& kept) noexcept {
    if (kept.whole) kept = {};
  }

 private:
  template <class Section>
  [[gnu::noinline]] Reading readInPieces(std::string_view& bytes, Section section);
  template <class Section>
  Reading readInPlace(std::string_view& bytes, Section section);
  template <class Section>
  Reading readHeld(std::string_view& bytes, Section section);
  void holdLine(std::string_view& bytes, std::size_t most);

  UnfinishedHead& kept_;
};

/// The end of a line.
struct LineEnd {
  const char* stop;  // where it is; how far was looked where it is not there
  const char* next;  // where the next line begins; null where this one is not whole, or refused
  const HTTPRefusal* refusal;
};

/// Finds the end of a line that begins before `from`. The line is refused when it goes past `most`,
/// or does not end as a line does.
LineEnd findLineEnd(Scanner scanner, const char* from, const char* most,
                    const HTTPRefusal& tooLarge, bool takesBareLF) noexcept;

/// Sets `colon` to the one behind a field's name; or returns what is wrong with that.
const HTTPRefusal* findColon(const char* line, const char* end, const char*& colon) noexcept;

/// Sets `text` to `folded` with each line end that is followed by a space or tab made spaces: what
/// RFC 9112 5.2 has a user agent do.
void unfold(std::string_view folded, std::string& text);

inline bool isPair(const char* at, const char (&pair)[3]) noexcept {
  return std::memcmp(at, pair, 2) == 0;
}
inline bool isCRLF(const char* at) noexcept { return isPair(at, "\r\n"); }

/// The value between a colon and a line's end.
inline std::string_view valueBetween(const char* begin, const char* end) noexcept {
  while (begin != end && isBlank(*begin)) ++begin;
  while (end != begin && isBlank(end[-1])) --end;
  return {begin, end};
}

/// The byte at which a text is longer than is allowed.
inline const char* mostOf(std::string_view text, std::size_t limit) noexcept {
  return text.data() + std::min(limit, text.size());
}

/// The colon behind the name that begins `line`; null where there is none in what is scanned.
const char* findOrdinaryColon(Scanner scanner, const char* line) noexcept;

/// The CR LF behind the value that goes on at `from`; null where it ends otherwise.
const char* findOrdinaryEnd(Scanner scanner, const char* from) noexcept;

/// Reads a section that is whole and as most are: an ordinary first line, text of 7 bits, CR LF.
/// Sets `end` to what is behind it; or leaves it null, and the section to SectionPass, where it is
/// anything else. All others are read at more cost, and to the same effect.
///
/// Every line of a whole section has an empty one behind it, so that its end has three more bytes
/// behind it: the last three of the text are not scanned, and may be read where something ends.
template <class Section>
inline const HTTPRefusal* readOrdinary(std::string_view text, Section section, const char*& end) {
  constexpr std::size_t kUnscanned = 3;
  const SectionLimits limits = section.limits();
  text = text.substr(0, limits.all + 2);  // with the empty line's end
  if (text.size() < kBlock + kUnscanned) return nullptr;
  text.remove_suffix(kUnscanned);
  const Scanner scanner(text);
  const char* line = text.data();
  if constexpr (Section::kHasFirstLine) {
    line = section.ordinaryFirstLine(scanner, line, mostOf(text, limits.firstLine));
    if (line == nullptr) return nullptr;
  }
  const char* const fieldLines = line;
  HeaderField* const fields = section.begin();
  HeaderField* const fieldsEnd = fields + limits.fields;
  HeaderField* field = fields;
  for (; *line != '\r'; ++field) {
    const char* colon = scanner.findNear<NameEnd>(line);
    const char* value = colon + 2;
    if (!isPair(colon, ": ")) [[unlikely]] {
      colon = findOrdinaryColon(scanner, line);
      if (colon == nullptr) return nullptr;
      value = colon + 1;
    }
    const char* stop = scanner.findNear<TextEnd>(value);
    if (!isCRLF(stop)) {
      if (stop != value + kBlock) return nullptr;
      stop = findOrdinaryEnd(scanner, stop);
      if (stop == nullptr) return nullptr;
    }
    if (field == fieldsEnd) return nullptr;
    const bool trimmed = *value > ' ' && stop[-1] > ' ';
    *field = {{line, colon}, trimmed ? std::string_view(value, stop) : valueBetween(value, stop)};
    if (mayFrame(line, field->name.size())) [[unlikely]] {
      if (colon == line) return nullptr;
      section.field(*field);
    }
    line = stop + 2;
  }
  if (line > scanner.end() + 1 || !isCRLF(line)) return nullptr;
  end = line + 2;
  return section.whole(scanner, {fieldLines, line}, {fields, field});
}

/// One pass over a section, line by line: from its first byte, or from where the last one stopped.
template <class Section>
class SectionPass {
 public:
  /// Notes in `at` how far it came.
  SectionPass(std::string_view text, UnfinishedHead& at, Section section)
      : scanner_(text),
        limits_(section.limits()),
        text_(text),
        line_(text.data() + at.line),
        scanned_(text.data() + at.scanned),
        fields_(section.begin()),
        field_(fields_ + at.fields),
        at_(at),
        section_(section) {
    limits_.all = std::min<std::size_t>(limits_.all, UINT32_MAX / 2);  // or offsets would not do
  }

  Reading run() {
    if constexpr (Section::kHasFirstLine) {
      const Reading first = at_.pastFirstLine ? Reading{Reading::kWhole} : readFirstLine();
      if (first.outcome != Reading::kWhole) return first;
    }
    fieldLines_ = line_;
    while (findEnd(limits_.all, Section::kTooLarge)) {
      if (end_.stop == line_) return {Reading::kWhole};
      if (const HTTPRefusal* why = readField()) return Reading::refused(why);
      goOn();
    }
    return notFound();
  }

  /// The next one is to go on from here: after kNeedMore.
  void keepPlace() noexcept {
    at_.line = offset(line_);
    at_.scanned = offset(scanned_);
    at_.fields = static_cast<std::uint32_t>(field_ - fields_);
  }

  /// How much was read, after kWhole or kEmptyLine.
  std::size_t size() const noexcept { return offset(end_.next); }

  /// Of a pass from the first byte, after kWhole: what its fields mean together.
  Reading judge() const {
    return Reading::unlessRefused(
        section_.whole(scanner_, {fieldLines_, line_}, {fields_, field_}));
  }

 private:
  std::uint32_t offset(const char* place) const noexcept {
    return static_cast<std::uint32_t>(place - text_.data());
  }

  bool findEnd(std::size_t most, const HTTPRefusal& tooLarge) {
    end_ = findLineEnd(scanner_, scanned_, mostOf(text_, most), tooLarge, Section::kTakesBareLF);
    scanned_ = end_.stop;
    return end_.next != nullptr;
  }

  Reading notFound() const noexcept {
    return end_.refusal ? Reading::refused(end_.refusal) : Reading{};
  }

  void goOn() noexcept { line_ = scanned_ = end_.next; }

  Reading readFirstLine() {
    const std::size_t most = std::min(limits_.firstLine, limits_.all);
    if (!findEnd(most, Section::kFirstLineTooLong)) return notFound();
    if (Section::kTakesEmptyLine && end_.stop == line_) {
      return at_.pastEmptyLine ? Reading::refused(&kEmptyLines) : Reading{Reading::kEmptyLine};
    }
    const HTTPRefusal* const why = section_.firstLine(scanner_, line_, end_.stop);
    if (why != nullptr) return Reading::refused(why);
    at_.pastFirstLine = true;
    goOn();
    return {Reading::kWhole};
  }

  const HTTPRefusal* readField() {
    if (Section::kTakesFolds && isBlank(*line_) && field_ != fields_) {
      at_.folded = true;
      return nullptr;
    }
    const char* colon = nullptr;
    if (const HTTPRefusal* why = findColon(line_, end_.stop, colon)) return why;
    if (static_cast<std::size_t>(field_ - fields_) == limits_.fields) return &kTooManyFields;
    *field_ = {{line_, colon}, valueBetween(colon + 1, end_.stop)};
    section_.field(*field_++);
    return nullptr;
  }

  const Scanner scanner_;
  SectionLimits limits_;
  const std::string_view text_;
  const char* line_;     // what is next
  const char* scanned_;  // which does not end before this
  LineEnd end_{};
  const char* fieldLines_ = nullptr;
  HeaderField* const fields_;
  HeaderField* field_;
  UnfinishedHead& at_;
  const Section section_;
};

/// Reads a section that is known to be right but for what its fields mean together.
template <class Section>
Reading readWhole(std::string_view text, bool folded, Section section) {
  if (folded) {
    unfold(text, section.unfolded());
    text = section.unfolded();
  }
  UnfinishedHead fromFirst;
  SectionPass<Section> pass(text, fromFirst, section);
  const Reading reading = pass.run();
  return reading.outcome == Reading::kWhole ? pass.judge() : reading;
}

template <class Section>
inline Reading HeadReader::read(std::string_view& bytes, Section section) {
  if (bytes.empty()) return {};
  const char* end = nullptr;
  const HTTPRefusal* why = nullptr;
  if (kept_.held.empty()) [[likely]]
    why = readOrdinary(bytes, section, end);
  if (end == nullptr) [[unlikely]]
    return HeadReader(kept_).readInPieces(bytes, section);
  bytes.remove_prefix(static_cast<std::size_t>(end - bytes.data()));
  kept_.pastEmptyLine = false;
  return Reading::unlessRefused(why);
}

template <class Section>
Reading HeadReader::readInPieces(std::string_view& bytes, Section section) {
  while (!bytes.empty()) {
    const Reading reading =
        kept_.held.empty() ? readInPlace(bytes, section) : readHeld(bytes, section);
    if (reading.outcome == Reading::kEmptyLine) {
      kept_ = {};
      kept_.pastEmptyLine = true;
    } else if (reading.outcome != Reading::kNeedMore) {
      return reading;
    }
  }
  return {};
}

template <class Section>
Reading HeadReader::readInPlace(std::string_view& bytes, Section section) {
  SectionPass<Section> pass(bytes, kept_, section);
  Reading reading = pass.run();
  if (reading.outcome == Reading::kNeedMore) {
    pass.keepPlace();
    kept_.held.append(bytes);
    bytes.remove_prefix(bytes.size());
  } else if (reading.outcome != Reading::kRefused) {
    const std::string_view text = bytes.substr(0, pass.size());
    bytes.remove_prefix(text.size());
    if (reading.outcome == Reading::kEmptyLine) return reading;
    reading = kept_.folded ? readWhole(text, true, section) : pass.judge();
    kept_ = {};
  }
  return reading;
}

template <class Section>
Reading HeadReader::readHeld(std::string_view& bytes, Section section) {
  holdLine(bytes, section.limits().all);
  SectionPass<Section> pass(kept_.held.view(), kept_, section);
  Reading reading = pass.run();
  if (reading.outcome == Reading::kNeedMore) pass.keepPlace();
  if (reading.outcome != Reading::kWhole) return reading;
  reading = readWhole(kept_.held.view(), kept_.folded, section);
  kept_.whole = true;
  return reading;
}

}  // namespace couplet::detail
