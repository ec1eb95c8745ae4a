// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/message/detail/openapi.h>

#include <couplet/protocols/http/percent.h>
#include <couplet/protocols/message/faults.h>

namespace couplet::detail {

namespace {

constexpr std::string_view kJSON = "application/json";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kSchemas = "#/components/schemas/";

class OpenAPIWriter {
 public:
  explicit OpenAPIWriter(const ApiDescription& api) : api_(api), schemas_(json_, api, kSchemas) {}

  std::string write() {
    json_.object([&] {
      json_.text("openapi", "3.1.0");
      json_.object("info", [&] {
        json_.text("title", api_.title());
        json_.text("version", "unversioned");
      });
      json_.list("servers", [&] { json_.object([&] { json_.text("url", "."); }); });
      json_.object("paths", [&] { writePaths(); });
      json_.object("components", [&] { writeComponents(); });
    });
    return json_.whole();
  }

 private:
  void writePaths() {
    for (const DescribedRequest& request : api_.requests()) {
      const std::string name = percentEncode(request.message->type->shortName());
      json_.object("/" + name, [&] {
        json_.object("get", [&] {
          json_.text("operationId", "get" + name);
          json_.list("parameters", [&] { writeParameters(*request.message); });
          writeResponses(*request.answer);
        });
        json_.object("post", [&] {
          json_.text("operationId", "post" + name);
          json_.object("requestBody", [&] { writeBody(*request.message); });
          writeResponses(*request.answer);
        });
      });
    }
  }

  void writeParameters(const DescribedMessage& message) {
    for (const DescribedMember& member : message.members) {
      json_.object([&] {
        json_.text("name", member.name);
        json_.text("in", "query");
        if (isNested(member.type)) return writeContent(kJSON, [&] { writeSchema(member); });
        writeSchema(member);
      });
    }
  }

  /// A query has no null: an optional is not in it.
  void writeSchema(const DescribedMember& member) {
    const bool isNone = member.byDefault == "null";
    json_.key("schema");
    schemas_.write(withoutOptional(member.type), isNone ? std::nullopt : member.byDefault);
  }

  void writeBody(const DescribedMessage& message) {
    json_.object("content", [&] {
      json_.object(kJSON, [&] { writeRef(message); });
      json_.object(kForm, [&] {
        writeRef(message);
        json_.object("encoding", [&] { writeEncoding(message); });
      });
    });
  }

  void writeEncoding(const DescribedMessage& message) {
    for (const DescribedMember& member : message.members) {
      if (!isNested(member.type)) continue;
      json_.object(member.name, [&] { json_.text("contentType", kJSON); });
    }
  }

  void writeRef(const DescribedMessage& message) {
    json_.key("schema");
    schemas_.writeRef(message);
  }

  void writeResponses(const DescribedMessage& answer) {
    json_.object("responses", [&] {
      json_.object("200", [&] {
        json_.text("description", answer.type->name);
        writeWire([&] { json_.text("const", answer.type->name); },
                  [&] { json_.text("$ref", std::string(kSchemas) + answer.key); });
      });
      json_.object("default", [&] { json_.text("$ref", "#/components/responses/fault"); });
    });
  }

  void writeComponents() {
    json_.object("schemas", [&] {
      for (const DescribedMessage& message : api_.messages()) {
        json_.key(message.key);
        schemas_.writeMessage(message);
      }
    });
    json_.object("responses", [&] {
      json_.object("fault", [&] {
        json_.text("description", "A fault, by its name");
        writeWire([&] { json_.text("type", "string"); }, [&] { writeFaultMembers(); });
      });
    });
  }

  /// What all faults have; each may have further ones.
  void writeFaultMembers() {
    const MessageType& fault = TypeOf<Faulted>::value;
    json_.text("type", "object");
    json_.object("properties", [&] {
      for (std::size_t i = 0; i < fault.count; ++i) {
        json_.key(fault.members[i].name);
        schemas_.write(fault.members[i].type);
      }
    });
    json_.list("required", [&] {
      for (std::size_t i = 0; i < fault.count; ++i) json_.text(fault.members[i].name);
    });
  }

  /// `{"value":["crunch_api.Output",{"value":3.375},[]]}`.
  template <class WriteName, class WriteMembers>
  void writeWire(WriteName writeName, WriteMembers writeMembers) {
    writeContent(kJSON, [&] {
      json_.object("schema", [&] {
        json_.text("type", "object");
        json_.object("properties",
                     [&] { json_.object("value", [&] { writeTriple(writeName, writeMembers); }); });
        json_.list("required", [&] { json_.text("value"); });
      });
    });
  }

  template <class WriteName, class WriteMembers>
  void writeTriple(WriteName writeName, WriteMembers writeMembers) {
    json_.text("type", "array");
    json_.list("prefixItems", [&] {
      json_.object(writeName);
      json_.object(writeMembers);
      json_.object([&] {
        json_.text("type", "array");
        json_.number("maxItems", std::uint64_t{0});
      });
    });
    json_.number("minItems", std::uint64_t{3});
    json_.number("maxItems", std::uint64_t{3});
  }

  template <class Write>
  void writeContent(std::string_view type, Write write) {
    json_.object("content", [&] { json_.object(type, write); });
  }

  const ApiDescription& api_;
  JSONText json_;
  SchemaWriter schemas_;
};

}  // namespace

std::string openAPIOf(const ApiDescription& api) { return OpenAPIWriter(api).write(); }

}  // namespace couplet::detail
