// SPDX-License-Identifier: Apache-2.0
#include "src/flow/fill_record.h"

#include "src/flow/interface_pins.h"

namespace tcpgauge {

void FillRecord(const Embryo& embryo, ConnectionRecord* record, ConnectionDetails* details) {
  *record = ConnectionRecord();
  record->key = embryo.key;
  record->last_packet_time_ns = embryo.time_ns;
  record->state = ConnectionState::kSynSent;
  record->set(ConnectionRecord::kInUse);
  record->set(ConnectionRecord::kConfirmed);
  record->set(ConnectionRecord::kRoleObserved);
  if (embryo.sent_by_b) record->set(ConnectionRecord::kClientIsB);
  record->is_edge_pending = embryo.is_edge_pending;
  record->pins[0] = record->pins[1] = ConnectionRecord::kNoPin;
  const InterfacePins::Pin pin(embryo.interface, static_cast<PacketDirection>(embryo.direction), View::kFirstNumber,
                               /*view_is_wrapped=*/false);
  InterfacePins::Note(pin, embryo.sender(), embryo.time_ns, record);
  details->syn_time = 0;
  details->set_start_time_ns(embryo.time_ns);
  details->syn_ack_time = ConnectionDetails::kUnknown;
  details->first_view = ViewTable::kNone;

  EndRecord& client = record->end(embryo.sender());
  client.packets = 1;
  client.header_bytes = embryo.ip_length_bytes;
  client.window_scale = embryo.window_scale;
  client.initial_sequence = embryo.sequence_number;
  client.next_sequence = client.rtt_sequence = embryo.sequence_number + 1;
  client.rtt_time_us = EndRecord::RttTime(embryo.time_ns);
  client.set(EndRecord::kSeen);
  client.set(EndRecord::kSynSeen);
  client.timing = EndRecord::Timing::kSample;
}

}  // namespace tcpgauge
