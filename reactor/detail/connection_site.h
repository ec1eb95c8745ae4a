// Copyright (c) the Couplet authors. MIT license, see LICENSE.
//
// Internal. What a stall detector says of a connection: "the connection with 127.0.0.1:41022
// (PoetryProtocol)".
#pragma once

#include <typeinfo>

#include <couplet/deferred/running_site.h>
#include <couplet/reactor/detail/socket.h>

namespace couplet::detail {

inline constexpr const char* kConnectorSite = "connection asked for at";
// After the connection.
inline constexpr const char* kConnectedSite = "asked for at";
inline constexpr const char* kAcceptedSite = "of the port listened on at";

/// The subject becomes the connection with `peer`.
void setPeer(SiteSubject& subject, const SocketAddress& peer) noexcept;
/// Its protocol is of this type.
void setProtocolType(SiteSubject& subject, const std::type_info& type) noexcept;

}  // namespace couplet::detail
