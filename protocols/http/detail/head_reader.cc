// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/detail/head_reader.h>

namespace couplet::detail {

const HTTPRefusal* findColon(const char* line, const char* end, const char*& colon) noexcept {
  if (isBlank(*line)) return &kFold;
  const char* at = line;
  while (at != end && isOf(*at, ByteClass::kToken)) ++at;
  if (at == end) return &kNoColon;
  if (*at == ':' && at != line) {
    colon = at;
    return nullptr;
  }
  if (isBlank(*at)) {
    while (isBlank(*at)) ++at;
    if (*at == ':') return &kSpaceBeforeColon;
  }
  return &kBadName;
}

const char* findOrdinaryColon(Scanner scanner, const char* line) noexcept {
  while (line < scanner.end() && isOf(*line, ByteClass::kToken)) ++line;
  return line < scanner.end() && *line == ':' ? line : nullptr;
}

const char* findOrdinaryEnd(Scanner scanner, const char* from) noexcept {
  if (from >= scanner.end()) return nullptr;
  const char* const stop = scanner.find<TextEnd>(from);
  return stop != scanner.end() && isCRLF(stop) ? stop : nullptr;
}

LineEnd findLineEnd(Scanner scanner, const char* from, const char* most,
                    const HTTPRefusal& tooLarge, bool takesBareLF) noexcept {
  const char* const stop = scanner.findControl(from);
  const auto refused = [&](const HTTPRefusal& why) { return LineEnd{stop, nullptr, &why}; };
  if (stop > most) return refused(tooLarge);
  const bool cutInCRLF = stop != scanner.end() && *stop == '\r' && stop + 1 == scanner.end();
  if (stop == scanner.end() || cutInCRLF) return {stop, nullptr, nullptr};
  if (*stop == '\r') return isCRLF(stop) ? LineEnd{stop, stop + 2, nullptr} : refused(kBareCR);
  if (*stop != '\n') return refused(kControlByte);
  return takesBareLF ? LineEnd{stop, stop + 1, nullptr} : refused(kBareLF);
}

void unfold(std::string_view folded, std::string& text) {
  text.assign(folded);
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; ++at) {
    if (at + 1 == text.size() || !isBlank(text[at + 1])) continue;
    text[at] = ' ';
    if (at > 0 && text[at - 1] == '\r') text[at - 1] = ' ';
  }
}

/// Takes bytes up to a line's end, or all where it does not end in them; at least one, and no more
/// than show that the section is larger than `most`.
void HeadReader::holdLine(std::string_view& bytes, std::size_t most) {
  const Scanner scanner(bytes);
  const char* stop = scanner.findControl(bytes.data());
  if (stop != scanner.end()) ++stop;
  if (stop != scanner.end() && stop[-1] == '\r') ++stop;
  const std::size_t room = most + 2 - std::min(kept_.held.size(), most + 1);
  const std::string_view line = bytes.substr(0, std::min(room, bytes.size()));
  const auto size = std::min(line.size(), static_cast<std::size_t>(stop - bytes.data()));
  kept_.held.append(bytes.substr(0, size), most + 2);
  bytes.remove_prefix(size);
}

}  // namespace couplet::detail
