// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_PACKET_INBOX_H_
#define TCPGAUGE_SRC_CAPTURE_PACKET_INBOX_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/base/stable_array.h"
#include "src/base/wakeup.h"
#include "src/decode/decoded_packet.h"

namespace tcpgauge {

// A queue of the packets that other workers hand over to one worker, the owner of the inbox. (Here, "the owner" is
// never the owner of a 4-tuple.) Of the packets that are there, the owner gets the one with the earliest time first.
// Packets with equal times keep the order in which they came.
//
// Design. A sender claims a place with one compare-and-swap, copies the packet there, and then marks the place as
// filled. No side waits for the other: a sender that finds the inbox full gets false, and the owner looks no further
// than the first place that is not filled. A BatchQueue for each pair of workers was rejected: its producer waits for
// room, and the memory of all queues grows with the square of the number of workers.
//
// The kernel holds packets back for a while, which differs from socket to socket. So the packets of several senders do
// not come in the order of their times. The owner leaves the packets in their places, and keeps their times in a heap.
//
// Thread: any worker may call Push() and WakeOwner(). Only the owner calls the other methods.
// Bounds: kCapacity packets. Memory becomes resident when a place is used for the first time.
class PacketInbox {
 public:
  static constexpr size_t kCapacity = 4096;

  // What the owner of the inbox is for a packet (see Handover).
  enum class Role : uint8_t {
    kCollector,  // it collects the fragments of the packet's datagram
    kOwner,      // it owns the packet's 4-tuple, and knows its route. A following fragment has its ports set.
    kHolder,     // its table has the connection
  };

  struct Item {
    DecodedPacket packet;
    uint64_t interface;  // the number of the name of the packet's interface (see SharedInterfaceNames)
    Role role;
  };

  PacketInbox();

  // Any worker: adds a packet. Returns false if the inbox is full. Never waits.
  bool Push(const DecodedPacket& packet, uint64_t interface, Role role);
  // Any worker: wakes the owner if it sleeps. Call it after one or several calls of Push().
  void WakeOwner();

  // Owner: returns the packet with the earliest time, or null if the inbox is empty. A packet that is still being
  // copied hides the packets that were pushed after it. The pointer is valid until Pop().
  const Item* Front();
  // Owner: removes the packet that Front() returned last. REQUIRES: Front() was called after the previous Pop(), and
  // did not return null.
  void Pop();

  // Owner: whether at least half of the places are taken.
  bool is_half_full() const {
    return claimed_.load(std::memory_order_relaxed) - freed_.load(std::memory_order_relaxed) >= kCapacity / 2;
  }

  // Owner: call it before sleeping. If the inbox is empty, returns null, and fd() becomes readable as soon as
  // WakeOwner() is called. Otherwise returns Front(), and fd() need not become readable.
  const Item* PrepareToSleep();
  // Owner: call it after sleeping. Makes fd() unreadable again.
  void EndSleep();
  // A descriptor to poll. The inbox owns it.
  int fd() const { return wakeup_.fd(); }

 private:
  struct Place {
    std::atomic<uint64_t> filled;  // 1 + the number of the packet that is here; packets are numbered from 0
    Item item;
  };

  // A packet in the inbox that the owner has seen.
  struct Seen {
    int64_t time_ns;
    uint64_t number;
  };
  static bool IsLater(const Seen& a, const Seen& b) {
    return a.time_ns != b.time_ns ? a.time_ns > b.time_ns : a.number > b.number;
  }

  StableArray<Place> places_;
  alignas(64) std::atomic<uint64_t> claimed_{0};  // how many packets senders have begun to push
  alignas(64) std::atomic<uint64_t> freed_{0};    // how many packets, from the first on, have left their places
  alignas(64) std::atomic<bool> asleep_{false};
  // The members below are used by the owner only, except for wakeup_.
  uint64_t seen_ = 0;           // how many packets the owner has seen
  std::vector<Seen> heap_;      // the earliest is at the front
  std::vector<bool> is_taken_;  // by place: the packet was popped, and its place is not free yet
  Wakeup wakeup_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_PACKET_INBOX_H_
