// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/number_text.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>

namespace couplet::detail {

namespace {

/// Writes to a NumberBuffer, in which all that is written here has room.
class Pen {
 public:
  explicit Pen(NumberBuffer& buffer) noexcept : buffer_(buffer) {}

  void put(char c, int count = 1) noexcept {
    for (; count > 0; --count) buffer_[size_++] = c;
  }
  void put(std::string_view text) noexcept {
    for (const char c : text) put(c);
  }
  std::string_view written() const noexcept { return {buffer_.data(), size_}; }

 private:
  NumberBuffer& buffer_;
  std::size_t size_ = 0;
};

/// A number's digits, without its point, which stands in front of digit `point`.
struct Decimal {
  char text[20];
  std::size_t size = 0;
  int point = 0;

  std::string_view digits(std::size_t from, std::size_t count) const noexcept {
    return std::string_view(text, size).substr(from, count);
  }
};

/// The fewest digits of a number above 0.
template <class Real>
Decimal shortest(Real number) noexcept {
  char text[32];
  char* const end =
      std::to_chars(text, text + sizeof text, number, std::chars_format::scientific).ptr;
  Decimal decimal;
  const char* at = text;
  for (; *at != 'e'; ++at) {
    if (*at != '.') decimal.text[decimal.size++] = *at;
  }
  ++at;
  if (*at == '+') ++at;
  std::from_chars(at, end, decimal.point);
  ++decimal.point;
  return decimal;
}

void putWithExponent(Pen& pen, const Decimal& decimal) noexcept {
  const int exponent = decimal.point - 1;
  pen.put(decimal.text[0]);
  if (decimal.size > 1) pen.put('.');
  pen.put(decimal.digits(1, decimal.size));
  pen.put(exponent < 0 ? "e-" : "e+");
  char text[8];
  const int size = std::abs(exponent);
  if (size < 10) pen.put('0');
  pen.put(
      {text, static_cast<std::size_t>(std::to_chars(text, text + sizeof text, size).ptr - text)});
}

void putWithPoint(Pen& pen, const Decimal& decimal) noexcept {
  const int count = static_cast<int>(decimal.size);
  if (decimal.point <= 0) {
    pen.put("0.");
    pen.put('0', -decimal.point);
    return pen.put(decimal.digits(0, decimal.size));
  }
  const auto whole = static_cast<std::size_t>(decimal.point);
  pen.put(decimal.digits(0, whole));
  if (decimal.point >= count) {
    pen.put('0', decimal.point - count);
    return pen.put(".0");
  }
  pen.put('.');
  pen.put(decimal.digits(whole, decimal.size));
}

template <class Real>
std::string_view textOf(Real number, NumberBuffer& buffer) noexcept {
  if (std::isnan(number)) return "nan";
  Pen pen(buffer);
  if (std::signbit(number)) pen.put('-');
  if (std::isinf(number)) {
    pen.put("inf");
  } else if (number == 0) {
    pen.put("0.0");
  } else {
    // Python: an exponent where the point is not among or near the digits of a double.
    const Decimal decimal = shortest(std::abs(number));
    const bool isNear = decimal.point > -4 && decimal.point <= 16;
    isNear ? putWithPoint(pen, decimal) : putWithExponent(pen, decimal);
  }
  return pen.written();
}

}  // namespace

std::string_view numberText(double number, NumberBuffer& buffer) noexcept {
  return textOf(number, buffer);
}

std::string_view numberText(float number, NumberBuffer& buffer) noexcept {
  return textOf(number, buffer);
}

}  // namespace couplet::detail
