// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <stdexcept>
#include <utility>

#include <couplet/protocols/message/detail/utf8.h>
#include <couplet/protocols/websocket/detail/frame_writer.h>
#include <couplet/protocols/websocket/detail/message_deflater.h>
#include <couplet/protocols/websocket/detail/prepared_forms.h>

namespace couplet {

namespace {

std::string frameOf(WebSocketKind kind, std::string_view payload, bool compressed) {
  const bool text = kind == WebSocketKind::kText;
  const detail::FrameHead head(
      {text ? detail::Opcode::kText : detail::Opcode::kBinary, true, compressed}, payload.size());
  std::string frame;
  frame.reserve(head.view().size() + payload.size());
  return frame.append(head.view()).append(payload);
}

}  // namespace

std::string_view PreparedMessage::Forms::plain() {
  if (plain_.empty()) plain_ = frameOf(kind, payload, false);
  return plain_;
}

std::string_view PreparedMessage::Forms::deflated(int windowBits, const WebSocketCompression& how) {
  std::string& frame = deflated_.at(static_cast<std::size_t>(windowBits - 8));
  if (frame.empty()) {
    detail::MessageDeflater deflater(windowBits, false, how.level, how.memoryLevel);
    std::string bytes;
    deflater.deflate(payload, true, bytes);
    frame = frameOf(kind, bytes, true);
  }
  return frame;
}

PreparedMessage::PreparedMessage(std::shared_ptr<Forms> forms) noexcept
    : forms_(std::move(forms)) {}

PreparedMessage PreparedMessage::text(std::string payload) {
  if (!detail::isUTF8(payload)) {
    throw std::invalid_argument("PreparedMessage: the text is no UTF-8");
  }
  return PreparedMessage(std::make_shared<Forms>(WebSocketKind::kText, std::move(payload)));
}

PreparedMessage PreparedMessage::binary(std::string payload) {
  return PreparedMessage(std::make_shared<Forms>(WebSocketKind::kBinary, std::move(payload)));
}

WebSocketKind PreparedMessage::kind() const noexcept { return forms_->kind; }

std::string_view PreparedMessage::payload() const noexcept { return forms_->payload; }

}  // namespace couplet
