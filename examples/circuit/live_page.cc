// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include "examples/circuit/live_page.h"

#include <set>
#include <string_view>
#include <utility>

#include <couplet/protocols/http/response.h>
#include <couplet/protocols/message/json.h>
#include <couplet/protocols/websocket/broadcast.h>

#include "examples/circuit/page_text.h"

namespace circuit {

using couplet::Answer;
using couplet::Deferred;
using couplet::PreparedMessage;
using couplet::Request;
using couplet::Resource;
using couplet::Response;

struct LivePage::Viewers {
  class Viewer;

  PreparedMessage state;
  std::set<Viewer*> all;  // that are open
};

class LivePage::Viewers::Viewer final : public couplet::WebSocketProtocol {
 public:
  explicit Viewer(std::shared_ptr<Viewers> viewers) : viewers_(std::move(viewers)) {}

  void opened() override {
    viewers_->all.insert(this);
    send(viewers_->state);
  }
  void closed(const couplet::WebSocketClosed&) override { viewers_->all.erase(this); }

 private:
  std::shared_ptr<Viewers> viewers_;
};

namespace {

/// A part of the page. It loads nothing but the others.
class Part final : public Resource {
 public:
  Part(std::string_view type, std::string_view text) : type_(type), text_(text) {}

  bool isLeaf() const override { return true; }
  Answer render(Request&) override {
    Response response(200, std::string(text_));
    response.headers.set("Content-Type", type_);
    response.headers.set("Cache-Control", "no-cache");
    response.headers.set("Content-Security-Policy",
                         "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
                         "connect-src 'self' ws:; base-uri 'none'; frame-ancestors 'none'");
    return response;
  }

 private:
  std::string_view type_;
  std::string_view text_;
};

}  // namespace

void LiveState::addSignal(int signal) {
  constexpr std::size_t kShown = 48;
  signals.push_back(signal);
  if (signals.size() > kShown) signals.erase(signals.begin());
  buzzes += signal == 1 ? 1 : 0;
}

LivePage::LivePage(std::string node) : node_(std::move(node)) {
  const auto state = PreparedMessage::text(couplet::toJSON(LiveState{.node = node_}));
  viewers_ = std::make_shared<Viewers>(Viewers{state, {}});
  live_ = std::make_shared<couplet::WebSocketResource>(
      [viewers = viewers_](Request&) { return std::make_unique<Viewers::Viewer>(viewers); });
}

LivePage::~LivePage() = default;

void LivePage::putInto(Resource& root) {
  root.putChild("", std::make_shared<Part>("text/html; charset=utf-8", kPage));
  root.putChild("page.css", std::make_shared<Part>("text/css; charset=utf-8", kPageStyle));
  root.putChild("page.js", std::make_shared<Part>("text/javascript; charset=utf-8", kPageScript));
  root.putChild("live", live_);
}

void LivePage::show(LiveState state) {
  state.node = node_;
  viewers_->state = PreparedMessage::text(couplet::toJSON(state));
  couplet::broadcast(viewers_->all, viewers_->state);
}

Deferred<void> LivePage::close() { return live_->close(); }

}  // namespace circuit
