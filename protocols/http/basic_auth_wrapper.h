// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Resources and handlers behind a user name and a password. Twisted's HTTPAuthSessionWrapper, for
// Basic. They can be read by all who see the request, so for https only.
#pragma once

#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <couplet/deferred/callable.h>
#include <couplet/deferred/deferred.h>
#include <couplet/protocols/http/basic_auth.h>
#include <couplet/protocols/http/resource.h>
#include <couplet/protocols/http/router.h>

namespace couplet::detail {
class BasicAuthDoor;
}

#pragma GCC visibility push(default)
namespace couplet {

/// Who may pass: one user with one password, or whoever a function lets.
class CredentialsCheck {
 public:
  /// These alone, compared in constant time.
  CredentialsCheck(BasicCredentials expected);  // NOLINT: meant

  /// `check(const BasicCredentials&)` answers a bool or a Deferred<bool>, or is a coroutine; what
  /// it is given is valid until then. Compare secrets by equalsInConstantTime. One that fails lets
  /// nobody pass: it is a 500, or the status of an HTTPError.
  template <class F>
  requires std::is_invocable_v<F&, const BasicCredentials&> CredentialsCheck(F check)  // NOLINT
      : check_([check = std::move(check)](const BasicCredentials& given) mutable {
          return maybeDeferred([&] { return check(given); });
        }) {}

  /// Calls it. REQUIRES: `given` and this outlive the answer
  Deferred<bool> passes(const BasicCredentials& given) { return check_(given); }

 private:
  Callable<Deferred<bool>(const BasicCredentials&)> check_;
};

/// What is below it answers only those who pass. To all others each path is a 401 with a challenge
/// for `realm`, whether there is something or not. `getChild` below is asked before the check of
/// credentials that were given; `render` after it. Who has passed:
/// `request.basicCredentials()->user`.
///
///     root->putChild("admin", std::make_shared<BasicAuthWrapper>(
///                                 "admin", BasicCredentials{"alice", secret}, admin));
class BasicAuthWrapper : public Resource {
 public:
  /// Throws InvalidCredentialsError for a control byte in `realm`, and std::invalid_argument
  /// without anything below.
  BasicAuthWrapper(std::string_view realm, CredentialsCheck check, std::shared_ptr<Resource> below);
  ~BasicAuthWrapper() override;

  bool isLeaf() const override;
  std::shared_ptr<Resource> getChild(std::string_view segment, Request& request) override;
  BodyWanted bodyWanted(Request& request) override;
  Answer render(Request& request) override;

 private:
  BasicAuthWrapper(std::shared_ptr<detail::BasicAuthDoor> door, std::shared_ptr<Resource> below);

  std::shared_ptr<detail::BasicAuthDoor> door_;
  std::shared_ptr<Resource> below_;  // null where there is nothing by the path
};

/// The same for one handler:
///
///     router.get("/stats", requireBasicAuth("stats", check, stats));
///
/// Throws InvalidCredentialsError for a control byte in `realm`, and std::invalid_argument for an
/// empty handler.
Handler requireBasicAuth(std::string_view realm, CredentialsCheck check, Handler handler);

}  // namespace couplet
#pragma GCC visibility pop
