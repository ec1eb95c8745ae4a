// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Messages as bytes: RFC 9112. Everything is appended to a std::string of the caller's, which can
// be used again. What must never be sent is refused at the call, and then nothing was appended; it
// is never cleaned up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <couplet/protocols/http/body_writer.h>
#include <couplet/protocols/http/headers.h>
#include <couplet/protocols/http/status.h>

#pragma GCC visibility push(default)
namespace couplet {

/// Appends the head of a request in HTTP/1.1, and returns what frames its body.
///
///     std::string bytes;
///     const Headers headers{{"Host", "a"}, {"Transfer-Encoding", "chunked"}};
///     HTTPBodyWriter body = writeRequestHead(bytes, "POST", "/poems", headers);
///     body.write(bytes, "HERE IS MY POEM");
///     body.finish(bytes);
///
/// Throws std::invalid_argument, saying what is wrong, when `method` is no token; when `target` is
/// not of a form that goes with it, or has a byte outside of 0x21 to 0x7e, or a fragment; when
/// there is not exactly one good Host; or when the headers do not frame a body.
HTTPBodyWriter writeRequestHead(std::string& out, std::string_view method, std::string_view target,
                                const Headers& headers);

/// Appends the head of a response in HTTP/1.1, with the `added` fields before the headers, and
/// returns what frames its body.
///
/// Throws std::invalid_argument, saying what is wrong, when the status is not of three digits or
/// its reason has a control byte; or when the headers do not frame a body that may answer the
/// request: see HTTPBodyWriter::forResponse.
HTTPBodyWriter writeResponseHead(std::string& out, const HTTPStatus& status, const Headers& headers,
                                 const AnsweredRequest& answered = {},
                                 const AddedFields& added = {});

}  // namespace couplet
#pragma GCC visibility pop
