// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Who asked for what and what they got, a line for each response: Apache's "combined" log format,
// which the programs that read such logs know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include <couplet/reactor/address.h>

#pragma GCC visibility push(default)
namespace couplet {

class Request;

/// A response that was sent, and to what. The views are valid as long as the call that is given it
/// runs. Texts are as the client sent them: see combinedLogLine before you write them anywhere.
struct AccessRecord {
  Address peer = {};
  std::string_view user = {};    ///< as the client claims to be, by Basic; empty for none
  std::time_t time = 0;          ///< when the response was sent, in seconds since 1970
  std::string_view method = {};  ///< empty where nothing was understood, as all texts are then
  std::string_view target = {};
  std::string_view version = {};  ///< "HTTP/1.1"
  int status = 0;
  std::uint64_t bodyBytes = 0;  ///< sent of the body, without its framing
  std::string_view referer = {};
  std::string_view userAgent = {};
};

/// A record of `request`, which it views: all but the time and the response.
AccessRecord accessRecordOf(const Request& request);

/// The most of a text that goes into a line, in bytes as they came. All of them escaped still fit
/// into one LogLine.
inline constexpr std::size_t kMostLogged = 1000;

/// The record as one line, without a line end:
///
///     127.0.0.1 - alice [10/Oct/2000:13:55:36 +0000] "GET /x HTTP/1.1" 200 13 "-" "curl/8"
///
/// Nobody can forge another line or part of one, or reach the terminal of who reads it: quotes,
/// backslashes, control bytes and what is not ASCII are written as nginx does, `\x22`, and so are
/// spaces in a user's name. Of a text that is longer than kMostLogged, that much, and "...". What
/// is not there is "-", no bytes too.
std::string combinedLogLine(const AccessRecord& record);

/// Writes it with LogLine::info: the accessLog of SiteOptions, for those who want glog's files.
///
///     SiteOptions options{.accessLog = &logAccess};
void logAccess(const AccessRecord& record);

}  // namespace couplet
#pragma GCC visibility pop
