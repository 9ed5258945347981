// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_NAMESPACE_ADDRESSES_H_
#define TCPGAUGE_SRC_IDENTITY_NAMESPACE_ADDRESSES_H_

#include <string_view>
#include <vector>

#include "src/net/ip_address.h"

namespace tcpgauge {

// Reads the addresses of a network namespace from two files of /proc/PID/net, which every user may read. Leaves out
// loopback and link-local addresses, because many namespaces have the same ones.

// Appends the IPv4 addresses in `fib_trie`: those of the routes "/32 host LOCAL". An address may be appended twice.
void AppendAddressesOfFibTrie(std::string_view fib_trie, std::vector<IpAddress>* addresses);
// Appends the IPv6 addresses in `if_inet6`, except those of the loopback interface, because whoever controls the
// namespace may add any address there. (IPv4 addresses of the loopback interface cannot be left out like this, because
// fib_trie does not name the interface.)
void AppendAddressesOfIfInet6(std::string_view if_inet6, std::vector<IpAddress>* addresses);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_NAMESPACE_ADDRESSES_H_
