// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A URL and a reference on its page. The input is `URL REFERENCE`; without a space, a URL that is
// its own reference.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <couplet/protocols/http/percent.h>
#include <couplet/protocols/http/url.h>

#include "require.h"

namespace {

using couplet::InvalidUrlError;
using couplet::Result;
using couplet::Url;
using couplet::fuzz::require;

bool isVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// A part of a path that another reader could take for the way up.
bool hasDotSegment(std::string path) {
  path = couplet::percentDecode(path, couplet::BadPercent::kKeep).value() + '/';
  return path.find("/./") != path.npos || path.find("/../") != path.npos;
}

/// Of an escaped slash nobody says what it means: a path with one is not looked at.
void checkPath(const std::string& path) {
  require(path.starts_with('/') && isVisible(path), "a path begins with a slash");
  require(path.find_first_of("?#\\") == path.npos, "a path is only that");
  if (path.find("%2f") == path.npos && path.find("%2F") == path.npos) {
    require(!hasDotSegment(path), "a path has no way up");
  }
  for (std::size_t i = 0; i < path.size(); i = std::min(path.find('/', i), path.size()) + 1) {
    const std::string segment = path.substr(i, path.find('/', i) - i);
    const auto decoded = couplet::percentDecode(segment);
    require(decoded.has_value(), "a path can be decoded");
    require(couplet::percentDecode(couplet::percentEncode(*decoded)) == decoded,
            "what is encoded can be decoded");
  }
}

/// What a request says is three things that no reader takes for more.
void checkRequest(const Url& url) {
  const std::string host = url.hostHeader();
  require(!host.empty() && isVisible(host), "there is a host");
  require(host.find_first_of("/?#@\\%,") == host.npos, "a Host header is only that");
  require(url.originForm().find('#') == url.originForm().npos, "a fragment is not sent");
  require(url.absoluteForm() == std::string(url.scheme()) + "://" + host + url.originForm(),
          "both forms of the target are the same place");
  require(url.port() >= 1 && url.port() <= 65535, "a port is one");
}

void check(const Url& url) {
  const std::string text = url.toString();
  require(isVisible(text), "a URL is visible ASCII");
  const Result<Url> again = Url::tryParse(text);
  require(again && again.value() == url, "what is written can be parsed");
  require(again.value().toString() == text, "what is written is the one spelling");
  require(url.resolve(text) == url, "a URL refers to itself");
  checkPath(url.path());
  checkRequest(url);
}

void checkResolved(const Url& base, std::string_view reference) {
  const Result<Url> resolved = base.tryResolve(reference);
  if (!resolved) {
    require(resolved.failure().check<InvalidUrlError>() != nullptr, "a failure says why");
    return;
  }
  check(resolved.value());
  const bool hasScheme = reference.find_first_of(":/?#") == reference.find(':') &&
                         reference.find(':') != reference.npos && !reference.starts_with(':');
  if (hasScheme) {
    const Result<Url> alone = Url::tryParse(reference);
    require(alone && alone.value() == resolved.value(), "what has a scheme stands alone");
  } else if (!reference.starts_with("//")) {
    require(base.sameOrigin(resolved.value()), "a path stays where it is");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t space = std::min(input.find(' '), size);
  const Result<Url> url = Url::tryParse(input.substr(0, space));
  if (!url) {
    require(url.failure().check<InvalidUrlError>() != nullptr, "a failure says why");
    return 0;
  }
  check(url.value());
  checkResolved(url.value(), input.substr(std::min(space + 1, size)));
  return 0;
}
