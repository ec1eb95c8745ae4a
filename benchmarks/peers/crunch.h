// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// What the peers of crunch_server in C++ have in common: its sums, and its answers by RapidJSON.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace peers {

/// A status and a body of JSON.
struct CrunchAnswer {
  int status = 200;
  std::string body;
};

/// The number that is all of the text.
inline std::optional<double> number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

/// `{"value":["crunch_api.Output",{"value":3.375},[]]}`
inline CrunchAnswer output(double value) {
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  writer.StartObject();
  writer.Key("value");
  writer.StartArray();
  writer.String("crunch_api.Output");
  writer.StartObject();
  writer.Key("value");
  writer.Double(value);
  writer.EndObject();
  writer.StartArray();
  writer.EndArray();
  writer.EndArray();
  writer.EndObject();
  return {200, {text.GetString(), text.GetSize()}};
}

inline CrunchAnswer dividedByZero() {
  return {422, R"({"value":["crunch_api.DivideByZero",{"condition":"cannot divide by zero",)"
               R"("explanation":"","error_code":0,"exit_code":172},[]]})"};
}

inline CrunchAnswer multiply(double x, double y) { return output(x * y); }
inline CrunchAnswer divide(double x, double y) { return y == 0 ? dividedByZero() : output(x / y); }

}  // namespace peers
