// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/basic_auth.h>

#include <cstddef>

#include <couplet/protocols/http/base64.h>
#include <couplet/protocols/http/detail/character_set.h>

namespace couplet {

bool BasicCredentials::match(std::string_view expectedUser,
                             std::string_view expectedPassword) const {
  const bool userMatches = equalsInConstantTime(user, expectedUser);
  const bool passwordMatches = equalsInConstantTime(password, expectedPassword);
  return static_cast<bool>(static_cast<int>(userMatches) & static_cast<int>(passwordMatches));
}

std::string BasicCredentials::toHeader() const {
  if (user.find(':') != user.npos) {
    throw InvalidCredentialsError("A user name of Basic authentication cannot have a colon.");
  }
  if (detail::hasControls(user) || detail::hasControls(password)) {
    throw InvalidCredentialsError("User name and password cannot have control bytes.");
  }
  return "Basic " + base64Encode(user + ':' + password);
}

std::optional<BasicCredentials> parseBasicCredentials(std::string_view headerValue) {
  constexpr std::string_view kScheme = "basic ";
  if (!detail::equalsIgnoringCase(headerValue.substr(0, kScheme.size()), kScheme)) return {};
  headerValue.remove_prefix(kScheme.size());
  while (headerValue.starts_with(' ')) headerValue.remove_prefix(1);
  const std::optional<std::string> decoded = base64Decode(headerValue);
  if (!decoded || detail::hasControls(*decoded)) return {};
  const std::size_t colon = decoded->find(':');
  if (colon == decoded->npos) return {};
  return BasicCredentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::string basicChallenge(std::string_view realm) {
  if (detail::hasControls(realm)) {
    throw InvalidCredentialsError("A realm cannot have control bytes.");
  }
  std::string challenge = "Basic realm=\"";
  for (const char c : realm) {
    if (c == '"' || c == '\\') challenge += '\\';
    challenge += c;
  }
  return challenge + "\", charset=\"UTF-8\"";
}

bool equalsInConstantTime(std::string_view given, std::string_view secret) noexcept {
  const char nothing = '\0';
  const char* const bytes = secret.empty() ? &nothing : secret.data();
  const std::size_t last = secret.empty() ? 0 : secret.size() - 1;
  volatile unsigned difference = given.size() != secret.size();  // so that no loop ends early
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::size_t within = i < last ? i : last;
    difference = difference | static_cast<unsigned>(given[i] ^ bytes[within]);
  }
  return difference == 0;
}

}  // namespace couplet
