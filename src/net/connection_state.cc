// SPDX-License-Identifier: Apache-2.0
#include "src/net/connection_state.h"

#include <iterator>

namespace tcpgauge {
namespace {

constexpr std::string_view kStates[] = {"syn_sent", "syn_received", "established", "closing", "closed", "reset"};
static_assert(std::size(kStates) == kConnectionStateCount, "a name for each");

constexpr std::string_view kReasons[] = {"fin", "reset", "refused", "handshake_timeout", "idle_timeout", "evicted"};
static_assert(std::size(kReasons) == kEndReasonCount, "a name for each");

}  // namespace

std::string_view ConnectionStateName(ConnectionState state) { return kStates[static_cast<size_t>(state)]; }

std::string_view RoleName(Role role) { return role == Role::kObserved ? "observed" : "inferred"; }

std::string_view EndReasonName(EndReason reason) { return kReasons[static_cast<size_t>(reason)]; }

}  // namespace tcpgauge
