// SPDX-License-Identifier: Apache-2.0
#include "tests/snapshot/simulated_host.h"

#include <algorithm>
#include <numeric>

namespace tcpgauge {
namespace {

ConnectionSummary Summarize(uint64_t name, const SimulatedHost::Connection& connection) {
  const uint64_t labels = connection.labels;
  ConnectionSummary summary;
  summary.id = name;
  summary.client.address = IpAddress::FromV4(
      {10, static_cast<uint8_t>(labels >> 32), static_cast<uint8_t>(labels >> 24), static_cast<uint8_t>(labels >> 16)});
  summary.client.port = static_cast<uint16_t>(labels);
  summary.server = {IpAddress::FromV4({192, 0, 2, 1}), 443};
  summary.state = connection.state;
  summary.client_sent.payload_bytes = connection.payload_bytes;
  summary.start_time_ns = connection.start_ns;
  summary.last_packet_time_ns = connection.last_packet_ns;
  summary.window_payload_bytes = connection.window_payload_bytes;
  summary.rank = static_cast<double>(connection.window_payload_bytes);
  return summary;
}

}  // namespace

uint64_t SimulatedHost::Open(ConnectionState state) {
  Connection connection;
  connection.labels = next_name_;
  connection.state = state;
  connection.start_ns = connection.last_packet_ns = now_ns_;
  connections_.emplace(next_name_, connection);
  return next_name_++;
}

uint64_t SimulatedHost::OpenAgain(uint64_t other) {
  const uint64_t name = Open();
  connections_[name].labels = connections_.at(other).labels;
  return name;
}

void SimulatedHost::Send(uint64_t name, uint64_t bytes) {
  Connection& connection = connections_.at(name);
  connection.payload_bytes += bytes;
  connection.window_payload_bytes += bytes;
  connection.payload.push_back({now_ns_, bytes});
  connection.last_packet_ns = now_ns_;
}

void SimulatedHost::End(uint64_t name, ConnectionState state) {
  connections_.at(name).state = state;
  connections_.at(name).last_packet_ns = now_ns_;
}

Snapshot SimulatedHost::Take(std::vector<uint32_t>* by_rank) {
  Snapshot snapshot;
  snapshot.time_ns = now_ns_;
  snapshot.interfaces.resize(1);
  snapshot.interfaces[0].name = "eth0";
  for (auto it = connections_.begin(); it != connections_.end();) {
    Connection& connection = it->second;
    const int64_t silent_ns = now_ns_ - connection.last_packet_ns;
    if (!connection.is_open() && silent_ns > window_ns_ + kLingerNs) {
      it = connections_.erase(it);
      continue;
    }
    // As in the table: the weight of an ended connection is that of the moment when it left the table.
    const bool has_left = !connection.is_open() && silent_ns > kLingerNs;
    const int64_t until_ns = has_left ? connection.last_packet_ns + kLingerNs : now_ns_;
    while (!connection.payload.empty() && until_ns - connection.payload.front().first > window_ns_) {
      connection.window_payload_bytes -= connection.payload.front().second;
      connection.payload.pop_front();
    }
    if (!has_left) {
      snapshot.connections.push_back(Summarize(it->first, connection));
    } else if (connection.window_payload_bytes > 0) {
      snapshot.ended_connections.push_back(Summarize(it->first, connection));
    }
    ++it;
  }
  const auto is_heavier = [](const ConnectionSummary& a, const ConnectionSummary& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.id < b.id;
  };
  std::sort(snapshot.connections.begin(), snapshot.connections.end(), is_heavier);
  std::sort(snapshot.ended_connections.begin(), snapshot.ended_connections.end(), is_heavier);
  if (snapshot.ended_connections.size() > max_ended_) snapshot.ended_connections.resize(max_ended_);
  by_rank->resize(snapshot.connections.size() + snapshot.ended_connections.size());
  std::iota(by_rank->begin(), by_rank->end(), 0);
  std::sort(by_rank->begin(), by_rank->end(),
            [&](uint32_t a, uint32_t b) { return is_heavier(snapshot.connection(a), snapshot.connection(b)); });
  return snapshot;
}

}  // namespace tcpgauge
