// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// A TransformService, asked by netstrings: `27:cummingsify.HERE IS MY POEM,` is answered by
// `15:here is my poem,`.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <couplet/deferred/deferred.h>
#include <couplet/protocols/netstring.h>

#include "transform_service.h"

namespace poetry {

/// The server's side of one request: the transform's name, a dot, the poem. Answers with the poem
/// transformed and closes; closes without a word where it cannot. Reads nothing after the request.
/// A client that leaves early ends its transform.
class TransformProtocol : public couplet::NetstringReceiver {
 public:
  explicit TransformProtocol(std::shared_ptr<const TransformService> service);

  void stringReceived(std::string_view request) override;

 private:
  couplet::Deferred<void> answer(std::string request);

  std::shared_ptr<const TransformService> service_;
};

}  // namespace poetry
