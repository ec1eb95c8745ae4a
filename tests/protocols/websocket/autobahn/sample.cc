// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "tests/protocols/websocket/autobahn/sample.h"

#include <iterator>
#include <map>
#include <random>
#include <string_view>
#include <utility>

namespace couplet::autobahn {

namespace {

constexpr std::size_t kSize = 200 * 1024;  // bytes, about
constexpr int kPictureWidth = 512;         // pixels

// By how often they come: the first ones most.
constexpr std::string_view kWords[] = {
    "und",    "die",   "der",     "nicht",    "ein",     "zu",      "mir",   "so",     "auf",
    "wir",    "Welt",  "über",    "Nacht",    "schön",   "Feuer",   "Herz",  "größer", "Lied",
    "Wolken", "kühl",  "Garten",  "Straße",   "träumen", "Mühle",   "Vogel", "Wasser", "hören",
    "Spiel",  "Licht", "Fenster", "fröhlich", "Abend",   "Schritt", "weiß",  "Türme",  "€uro"};

/// Numbers, the same on every machine.
class Dice {
 public:
  std::size_t roll(std::size_t sides) { return engine_() % sides; }
  std::string_view word() { return kWords[roll(roll(std::size(kWords)) + 1)]; }
  std::string number(std::size_t sides) { return std::to_string(roll(sides)); }

  std::string words(std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all.append(i ? " " : "").append(word());
    return all;
  }

 private:
  std::minstd_rand engine_;
};

std::string json() {
  Dice dice;
  std::string data = "[";
  for (int id = 1; data.size() < kSize; ++id) {
    data += "{\"id\": " + std::to_string(id) + ", \"name\": \"" + dice.words(2) +
            "\", \"active\": " + (dice.roll(2) ? "true" : "false") + ", \"at\": [" +
            dice.number(180) + "." + dice.number(1000000) + ", -" + dice.number(90) + "." +
            dice.number(1000000) + "], \"about\": \"" + dice.words(8 + dice.roll(20)) + "\"},\n ";
  }
  return data + "{}]";
}

/// Slopes with some noise, a byte a pixel.
std::string picture() {
  Dice dice;
  std::string pixels;
  for (int y = 0; y < kPictureWidth; ++y) {
    for (int x = 0; x < kPictureWidth; ++x) {
      const int slope = (x * y / 700 + x / 5 + (y / 40 % 2) * 30) % 240;
      pixels += static_cast<char>(slope + static_cast<int>(dice.roll(6)));
    }
  }
  return pixels;
}

std::string poem() {
  Dice dice;
  std::string lines;
  for (int line = 1; lines.size() < kSize; ++line) {
    lines += dice.words(4 + dice.roll(4)) + (line % 4 ? ",\r\n" : ".\r\n\r\n");
  }
  return lines;
}

std::string page() {
  Dice dice;
  std::string html = "<!doctype html>\n<title>" + dice.words(3) + "</title>\n<table>\n";
  for (int row = 0; html.size() < kSize; ++row) {
    html += "  <tr class=\"" + std::string(row % 2 ? "odd" : "even") + "\"><td><a href=\"/word/" +
            dice.number(5000) + "\">" + dice.words(1) + "</a></td><td>" + dice.words(6) +
            "</td></tr>\n";
  }
  return html + "</table>\n";
}

/// Runs of bytes that are deflated already, with plain ones between them.
std::string document() {
  Dice dice;
  std::string bytes;
  for (int object = 1; bytes.size() < kSize; ++object) {
    const std::size_t length = 500 + dice.roll(6000);
    bytes += std::to_string(object) + " 0 obj\n<< /Length " + std::to_string(length) +
             " /Filter /FlateDecode >>\nstream\n";
    for (std::size_t i = 0; i < length; ++i) bytes += static_cast<char>(dice.roll(256));
    bytes += "\nendstream\nendobj\n" + dice.words(40) + "\n";
  }
  return bytes;
}

std::string dataOf(Sample::Kind kind) {
  switch (kind) {
    case Sample::Kind::kJSON:
      return json();
    case Sample::Kind::kPicture:
      return picture();
    case Sample::Kind::kPoem:
      return poem();
    case Sample::Kind::kPage:
      return page();
    case Sample::Kind::kDocument:
      return document();
  }
  return "";
}

bool beginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

Sample::Sample(bool isText, std::string data) : isText_(isText), data_(std::move(data)) {
  for (std::size_t i = 0; i < data_.size(); ++i) {
    if (!isText || beginsCharacter(data_[i])) starts_.push_back(i);
  }
  starts_.push_back(data_.size());
}

const Sample& Sample::of(Kind kind) {
  static std::map<Kind, Sample> made;
  const auto known = made.find(kind);
  if (known != made.end()) return known->second;
  const bool isText = kind == Kind::kJSON || kind == Kind::kPage;
  return made.emplace(kind, Sample(isText, dataOf(kind))).first->second;
}

std::string Sample::part(std::size_t from, std::size_t size) const {
  const std::size_t begin = from % this->size();
  const std::size_t end = begin + size;
  const auto cut = [&](std::size_t a, std::size_t b) {
    return data_.substr(starts_[a], starts_[b] - starts_[a]);
  };
  if (end <= this->size()) return cut(begin, end);
  return cut(begin, this->size()) + cut(0, end - this->size());
}

}  // namespace couplet::autobahn
