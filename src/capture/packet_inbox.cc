// SPDX-License-Identifier: Apache-2.0
#include "src/capture/packet_inbox.h"

#include <algorithm>

namespace tcpgauge {

PacketInbox::PacketInbox() : places_(kCapacity), is_taken_(kCapacity) { heap_.reserve(kCapacity); }

bool PacketInbox::Push(const DecodedPacket& packet, uint64_t interface, Role role) {
  uint64_t number = claimed_.load(std::memory_order_relaxed);
  do {
    // Signed, because `freed_` may be newer than `number`. The claim then fails.
    const int64_t used = static_cast<int64_t>(number - freed_.load(std::memory_order_acquire));
    if (used >= static_cast<int64_t>(kCapacity)) return false;
  } while (!claimed_.compare_exchange_weak(number, number + 1, std::memory_order_relaxed));
  Place& place = places_[number % kCapacity];
  place.item = {packet, interface, role};
  place.filled.store(number + 1, std::memory_order_release);
  return true;
}

void PacketInbox::WakeOwner() {
  // An exchange here and in PrepareToSleep(): whichever comes second sees what the other thread did before its own.
  if (asleep_.exchange(false, std::memory_order_acq_rel)) wakeup_.Notify();
}

const PacketInbox::Item* PacketInbox::Front() {
  while (places_[seen_ % kCapacity].filled.load(std::memory_order_acquire) == seen_ + 1) {
    heap_.push_back({places_[seen_ % kCapacity].item.packet.time_ns, seen_});
    std::push_heap(heap_.begin(), heap_.end(), IsLater);
    ++seen_;
  }
  return heap_.empty() ? nullptr : &places_[heap_.front().number % kCapacity].item;
}

void PacketInbox::Pop() {
  is_taken_[heap_.front().number % kCapacity] = true;
  std::pop_heap(heap_.begin(), heap_.end(), IsLater);
  heap_.pop_back();
  uint64_t freed = freed_.load(std::memory_order_relaxed);
  for (; is_taken_[freed % kCapacity]; ++freed) is_taken_[freed % kCapacity] = false;
  freed_.store(freed, std::memory_order_release);
}

const PacketInbox::Item* PacketInbox::PrepareToSleep() {
  asleep_.exchange(true, std::memory_order_acq_rel);
  const Item* const front = Front();
  if (front != nullptr) EndSleep();
  return front;
}

void PacketInbox::EndSleep() {
  if (!asleep_.exchange(false, std::memory_order_acq_rel)) wakeup_.Clear();
}

}  // namespace tcpgauge
