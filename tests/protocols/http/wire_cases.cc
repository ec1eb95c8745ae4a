// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "wire_cases.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <rapidjson/document.h>

#include <couplet/protocols/http/base64.h>

namespace couplet {

std::vector<WireCase> readWireCases(const std::string& name, const char* member) {
  std::ifstream file("../shared/data/" + name);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  rapidjson::Document json;
  json.Parse(text.c_str());
  std::vector<WireCase> cases;
  if (json.HasParseError() || !json.IsArray()) return cases;
  for (const auto& value : json.GetArray()) {
    WireCase made;
    made.name = value["name"].GetString();
    made.bytes = base64Decode(value[member].GetString()).value();
    made.expect = value["expect"].GetString();
    made.responses = value.HasMember("responses") ? value["responses"].GetUint() : 1;
    made.method = value.HasMember("request_method") ? value["request_method"].GetString() : "GET";
    cases.push_back(made);
  }
  return cases;
}

bool wireCasesRequired() { return std::getenv("COUPLET_REQUIRE_SHARED") != nullptr; }

}  // namespace couplet
