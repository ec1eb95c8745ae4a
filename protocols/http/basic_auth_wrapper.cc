// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/basic_auth_wrapper.h>

#include <stdexcept>
#include <string>

namespace couplet {

namespace {

Deferred<Response> deferred(Answer answer) {
  if (Response* response = answer.ready()) return succeed(std::move(*response));
  return std::move(answer.later());
}

}  // namespace

CredentialsCheck::CredentialsCheck(BasicCredentials expected)
    : CredentialsCheck([expected = std::move(expected)](const BasicCredentials& given) {
        return given.match(expected.user, expected.password);
      }) {}

/// Asks for credentials until they pass.
class detail::BasicAuthDoor {
 public:
  BasicAuthDoor(std::string_view realm, CredentialsCheck check)
      : challenge_(basicChallenge(realm)), check_(std::move(check)) {}

  /// What `enter` answers to those who pass, now or later. REQUIRES: `enter` keeps this
  template <class Enter>
  Answer admit(const Request& request, Enter enter) {
    const BasicCredentials* given = request.basicCredentials();
    if (!given) refuse();
    return check_.passes(*given).addCallback(
        [this, enter = std::move(enter)](bool passes) mutable -> Deferred<Response> {
          if (!passes) refuse();
          return deferred(enter());
        });
  }

 private:
  [[noreturn]] void refuse() const { throw HTTPError(401, "", {{"WWW-Authenticate", challenge_}}); }

  std::string challenge_;
  CredentialsCheck check_;
};

using detail::BasicAuthDoor;

BasicAuthWrapper::BasicAuthWrapper(std::string_view realm, CredentialsCheck check,
                                   std::shared_ptr<Resource> below)
    : BasicAuthWrapper(std::make_shared<BasicAuthDoor>(realm, std::move(check)), std::move(below)) {
  if (!below_) throw std::invalid_argument("BasicAuthWrapper: there is nothing below");
}

BasicAuthWrapper::BasicAuthWrapper(std::shared_ptr<BasicAuthDoor> door,
                                   std::shared_ptr<Resource> below)
    : door_(std::move(door)), below_(std::move(below)) {}

BasicAuthWrapper::~BasicAuthWrapper() = default;

bool BasicAuthWrapper::isLeaf() const { return !below_ || below_->isLeaf(); }

std::shared_ptr<Resource> BasicAuthWrapper::getChild(std::string_view segment, Request& request) {
  auto child = request.basicCredentials() ? below_->getChild(segment, request) : nullptr;
  return std::shared_ptr<Resource>(new BasicAuthWrapper(door_, std::move(child)));
}

BodyWanted BasicAuthWrapper::bodyWanted(Request& request) {
  return below_ && request.basicCredentials() ? below_->bodyWanted(request) : BodyWanted::kNot;
}

Answer BasicAuthWrapper::render(Request& request) {
  return door_->admit(request, [door = door_, below = below_, &request] {
    if (!below) throw HTTPError(404);
    return below->render(request);
  });
}

Handler requireBasicAuth(std::string_view realm, CredentialsCheck check, Handler handler) {
  if (!handler) throw std::invalid_argument("requireBasicAuth: there is no handler");
  auto door = std::make_shared<BasicAuthDoor>(realm, std::move(check));
  auto answers = std::make_shared<Handler>(std::move(handler));
  return [door, answers](Request& request) {
    return door->admit(request, [door, answers, &request] { return (*answers)(request); });
  };
}

}  // namespace couplet
