// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/access_log.h>

#include <couplet/protocols/http/detail/character_set.h>
#include <couplet/protocols/http/http_date.h>
#include <couplet/protocols/http/request.h>
#include <couplet/reactor/log.h>

namespace couplet {

namespace {

bool isPrintable(char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\\'; }

/// What others sent, so that it stays what it is; `keepsSpaces` between quotes.
void appendEscaped(std::string& line, std::string_view text, bool keepsSpaces) {
  for (const char c : text.substr(0, kMostLogged)) {
    if (isPrintable(c) || (c == ' ' && keepsSpaces)) {
      line += c;
    } else {
      line.append("\\x").append(detail::percentEscape(c).substr(1));
    }
  }
  if (text.size() > kMostLogged) line += "...";
}

void appendWord(std::string& line, std::string_view text) {
  if (text.empty()) text = "-";
  appendEscaped(line, text, false);
}

void appendQuoted(std::string& line, std::string_view text) {
  if (text.empty()) text = "-";
  line += '"';
  appendEscaped(line, text, true);
  line += '"';
}

void appendRequestLine(std::string& line, const AccessRecord& record) {
  if (record.method.empty()) return appendQuoted(line, "");
  line += '"';
  appendWord(line, record.method);
  line += ' ';
  appendWord(line, record.target);
  line += ' ';
  appendWord(line, record.version);
  line += '"';
}

/// `[10/Oct/2000:13:55:36 +0000]`, of "Tue, 10 Oct 2000 13:55:36 GMT".
void appendTime(std::string& line, std::time_t time) {
  const HTTPDate bytes = formatHTTPDate(time);
  const std::string_view date(bytes.data(), bytes.size());
  line.append("[").append(date.substr(5, 2)).append("/").append(date.substr(8, 3)).append("/");
  line.append(date.substr(12, 4)).append(":").append(date.substr(17, 8)).append(" +0000]");
}

}  // namespace

AccessRecord accessRecordOf(const Request& request) {
  const BasicCredentials* credentials = request.basicCredentials();
  return {.peer = request.peer(),
          .user = credentials ? std::string_view(credentials->user) : "",
          .method = request.method(),
          .target = request.target(),
          .version = toString(request.version()),
          .referer = request.headers().get("Referer").value_or(""),
          .userAgent = request.headers().get("User-Agent").value_or("")};
}

std::string combinedLogLine(const AccessRecord& record) {
  std::string line;
  appendWord(line, record.peer.host);
  line += " - ";
  appendWord(line, record.user);
  line += ' ';
  appendTime(line, record.time);
  line += ' ';
  appendRequestLine(line, record);
  line.append(" ").append(std::to_string(record.status)).append(" ");
  line.append(record.bodyBytes > 0 ? std::to_string(record.bodyBytes) : "-").append(" ");
  appendQuoted(line, record.referer);
  line += ' ';
  appendQuoted(line, record.userAgent);
  return line;
}

void logAccess(const AccessRecord& record) { LogLine::info() << combinedLogLine(record); }

}  // namespace couplet
