// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Reads {"document": ..., "answers": [{"path", "method", "status", "body"}, ...]} and prints what is
// wrong with it, a line each: with the document by OpenAPI 3.1, with its schemas by JSON Schema
// 2020-12, and with answers by these.
import { readFileSync } from "node:fs";

import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const { document, answers } = JSON.parse(readFileSync(0, "utf-8"));

const validator = new Validator();
const result = await validator.validate(structuredClone(document));
if (!result.valid) console.log("no OpenAPI:", JSON.stringify(result.errors));
if (validator.version !== "3.1") console.log("not OpenAPI 3.1 but", validator.version);

const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true, validateFormats: true });
addFormats.default(ajv);
for (const bits of [8, 16, 32, 64])
  for (const kind of ["int", "uint"]) ajv.addFormat(kind + bits, true);
// What is not of a schema, and must be known in strict mode.
for (const word of ["openapi", "info", "servers", "paths", "components"]) ajv.addKeyword(word);
ajv.addSchema(document, "api");

function compile(...path) {
  const pointer = path.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
  try {
    return ajv.getSchema("api#/" + encodeURI(pointer));
  } catch (error) {
    console.log("no JSON Schema:", path.join(" "), error.message);
  }
}

function check(value, what, ...path) {
  const validate = compile(...path);
  if (validate && !validate(value)) console.log(what, ajv.errorsText(validate.errors));
}

for (const name of Object.keys(document.components.schemas)) {
  const schema = compile("components", "schemas", name);
  if (schema) check({}, name + " by default:", "components", "schemas", name);
}
for (const [name, { properties }] of Object.entries(document.components.schemas))
  for (const [member, { default: value }] of Object.entries(properties))
    if (value !== undefined)
      check(value, "the default of " + name + " " + member + ":",
            "components", "schemas", name, "properties", member);
for (const [path, methods] of Object.entries(document.paths))
  for (const [index, parameter] of methods.get.parameters.entries())
    compile("paths", path, "get", "parameters", String(index),
            ...(parameter.content ? ["content", "application/json", "schema"] : ["schema"]));
for (const { path, method, status, body } of answers) {
  const responses = document.paths[path][method].responses;
  const at = status in responses
    ? ["paths", path, method, "responses", String(status)]
    : ["components", "responses", "fault"];
  check(body, `${method} ${path} ${status}:`, ...at, "content", "application/json", "schema");
}
