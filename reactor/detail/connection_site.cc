// Copyright (c) the Couplet authors. MIT license, see LICENSE.
#include <couplet/reactor/detail/connection_site.h>

#include <cstddef>
#include <cstring>
#include <ostream>

#include <couplet/deferred/type_name.h>

namespace couplet::detail {

namespace {

constexpr std::size_t kTypeWord = 0;
constexpr std::size_t kPeerWord = 1;
static_assert(sizeof(::sockaddr_in6) <= (SiteSubject::Words().size() - kPeerWord) * 8);

void print(std::ostream& out, const SiteSubject::Words& words) {
  ::sockaddr_in6 peer;  // or a sockaddr_in
  std::memcpy(&peer, &words[kPeerWord], sizeof peer);
  const SocketAddress address(reinterpret_cast<const ::sockaddr*>(&peer), sizeof peer);
  out << "the connection with " << address.address();
  if (words[kTypeWord] == 0) return;
  out << " (" << typeName(*reinterpret_cast<const std::type_info*>(words[kTypeWord])) << ')';
}

}  // namespace

void setPeer(SiteSubject& subject, const SocketAddress& peer) noexcept {
  subject.print = &print;
  std::memcpy(&subject.words[kPeerWord], peer.data(), peer.size());
}

void setProtocolType(SiteSubject& subject, const std::type_info& type) noexcept {
  subject.words[kTypeWord] = reinterpret_cast<std::uint64_t>(&type);
}

}  // namespace couplet::detail
