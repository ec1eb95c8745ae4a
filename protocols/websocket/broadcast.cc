// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/protocols/websocket/broadcast.h>

#include <couplet/protocols/websocket/detail/websocket_work.h>

namespace couplet {

bool broadcastTo(WebSocketProtocol& socket, const PreparedMessage& message,
                 const BroadcastOptions& options) {
  if (!socket.open() || (socket.work_ && socket.work_->pieces)) return false;
  if (socket.transport().unsent() > options.mostUnsent) {
    socket.close(CloseReason(CloseReason::kPolicyViolation, "too slow for what is sent to all"));
    return false;
  }
  socket.writePrepared(message);
  return true;
}

}  // namespace couplet
