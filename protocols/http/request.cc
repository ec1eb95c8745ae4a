// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/http/request.h>

#include <algorithm>

namespace couplet {

void Request::assign(const RequestHead& head, const Transport* transport) {
  method_.assign(head.method);
  target_.assign(head.target);
  host_.assign(head.host);
  form_ = head.form;
  version_ = head.version;
  headers_.assign(head.fields, head.fieldLines);
  body_.clear();
  params_.clear();
  transport_ = transport;
  const std::string_view asked =
      std::string_view(target_).substr(target_.size() - head.pathAndQuery.size());
  const std::size_t mark = std::min(asked.find('?'), asked.size());
  path_ = asked.substr(0, mark);
  query_ = asked.substr(std::min(mark + 1, asked.size()));
  if (path_.empty() && form_ == TargetForm::kAbsolute) path_ = "/";
  unclaimed_ = path_.substr(path_.empty() ? 0 : 1);
}

std::optional<std::string_view> Request::param(std::string_view name) const noexcept {
  for (const auto& [known, value] : params_) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace couplet
