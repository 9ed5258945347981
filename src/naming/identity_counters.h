// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_IDENTITY_COUNTERS_H_
#define TCPGAUGE_SRC_NAMING_IDENTITY_COUNTERS_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace tcpgauge {

// Whether a source of names works.
struct IdentitySourceState {
  // "cgroup", "proc", "container-logs", "sockets", "kubernetes-pods", "kubernetes-endpointslices",
  // "kubernetes-services", or "file". Points to static storage.
  std::string_view name;
  bool is_up = false;
};

// How often a bounded part of the identities was full.
struct IdentityOverflow {
  std::string_view part;  // the label of tcpgauge_overflows_total, such as "identities"; points to static storage
  uint64_t count = 0;
};

// What the thread that makes identity maps counts about itself and its sources. No count but `endpoints` ever falls.
//
// Bounds: kMaxIdentitySources and kMaxIdentityOverflows are the most entries that metrics have room for.
struct IdentityCounters {
  std::vector<IdentitySourceState> sources;  // in the same order each time; empty if identities are off
  uint64_t endpoints = 0;                    // a gauge: addresses, sockets and ports that have an identity now
  uint64_t relists = 0;                      // complete reads of all objects of a kind, after the first read
  uint64_t events = 0;                       // of the watches of the Kubernetes API
  std::vector<IdentityOverflow> overflows;   // each part once
};
constexpr int kMaxIdentitySources = 8;
constexpr int kMaxIdentityOverflows = 4;

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_IDENTITY_COUNTERS_H_
