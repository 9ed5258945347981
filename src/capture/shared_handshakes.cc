// SPDX-License-Identifier: Apache-2.0
#include "src/capture/shared_handshakes.h"

#include "src/base/check.h"

namespace tcpgauge {
namespace {

// A worker that cannot enter its number in this many attempts gives up. Each failure means that another worker has
// entered a number in the same ring.
constexpr int kAttempts = 16;

// An entry in one word. The widths of the fields add up to 64.
struct Entry {
  static constexpr int kLapBits = 4, kWorkerBits = 7, kTimeBits = 10, kDirectionBits = 2, kKindBits = 1,
                       kPlaceBits = 16, kTagBits = 24;
  static_assert(kLapBits + kWorkerBits + kTimeBits + kDirectionBits + kKindBits + kPlaceBits + kTagBits == 64, "");
  static constexpr int kTimeShift = 28;  // time is in units of 2^28 ns, or 0.27 s

  uint64_t lap = 0;     // how often the ring went round before this entry, modulo 16
  uint64_t worker = 0;  // 1 + its index; 0: the entry was never written
  uint64_t time = 0;    // modulo 2^10 units, or 275 s
  uint64_t direction = 0;
  uint64_t is_syn_ack = 0;
  uint64_t place = 0;
  uint64_t tag = 0;  // bits of the number's hash that did not select the ring

  static Entry Of(uint64_t word) {
    const auto take = [&word](int bits) {
      const uint64_t value = word & ((uint64_t{1} << bits) - 1);
      word >>= bits;
      return value;
    };
    Entry entry;
    entry.lap = take(kLapBits);
    entry.worker = take(kWorkerBits);
    entry.time = take(kTimeBits);
    entry.direction = take(kDirectionBits);
    entry.is_syn_ack = take(kKindBits);
    entry.place = take(kPlaceBits);
    entry.tag = take(kTagBits);
    return entry;
  }
  uint64_t ToWord() const {
    uint64_t word = tag;
    word = word << kPlaceBits | place;
    word = word << kKindBits | is_syn_ack;
    word = word << kDirectionBits | direction;
    word = word << kTimeBits | time;
    word = word << kWorkerBits | worker;
    return word << kLapBits | lap;
  }

  // These two read one field alone, which is all that most entries need.
  static uint64_t LapOf(uint64_t word) { return word % (1 << kLapBits); }
  static uint64_t TagOf(uint64_t word) { return word >> (64 - kTagBits); }

  static uint64_t NextLap(uint64_t lap) { return (lap + 1) % (1 << kLapBits); }
  // The time between two entries, in either order.
  static uint64_t Between(const Entry& a, const Entry& b) {
    constexpr uint64_t kModulus = uint64_t{1} << kTimeBits;
    const uint64_t later = (a.time - b.time) % kModulus;
    return later < kModulus / 2 ? later : kModulus - later;
  }
  static constexpr uint64_t Units(int64_t duration_ns) {
    return (static_cast<uint64_t>(duration_ns) >> kTimeShift) + 1;
  }
  // A SYN and its SYN-ACK go opposite ways on one stretch.
  static bool AreOfOneStretch(const Entry& a, const Entry& b) {
    constexpr auto kUnknown = static_cast<uint64_t>(PacketDirection::kUnknown);
    if (a.place != b.place) return false;
    if (a.direction == kUnknown || b.direction == kUnknown) return true;
    return (a.direction == b.direction) == (a.is_syn_ack == b.is_syn_ack);
  }
};
static_assert(Entry::Units(SharedHandshakes::kLifetimeNs) < (1 << (Entry::kTimeBits - 1)), "times stay comparable");
static_assert(SharedHandshakes::kMaxWorkers < (1 << Entry::kWorkerBits), "every worker has a number");

}  // namespace

SharedHandshakes::SharedHandshakes(uint64_t seed, size_t workers) : seed_(seed), rings_(kRings) {
  TCPGAUGE_CHECK(workers <= kMaxWorkers);
}

SharedHandshakes::Holder SharedHandshakes::FindOrEnter(const Handshake& handshake, size_t worker) {
  const uint64_t hash = HashOf(handshake.client_number);
  std::array<std::atomic<uint64_t>, kRingEntries>& words = rings_[hash % kRings].words;
  Entry mine;
  mine.worker = worker + 1;
  mine.time = (static_cast<uint64_t>(handshake.time_ns) >> Entry::kTimeShift) % (1 << Entry::kTimeBits);
  mine.direction = static_cast<uint64_t>(handshake.stretch.direction);
  mine.is_syn_ack = handshake.is_syn_ack ? 1 : 0;
  mine.place = handshake.stretch.place;
  mine.tag = hash >> (64 - Entry::kTagBits);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::array<uint64_t, kRingEntries> seen;
    for (size_t i = 0; i < kRingEntries; ++i) seen[i] = words[i].load(std::memory_order_acquire);
    // The entries from 0 on are of the present lap, and the entries from `next` on are of the lap before.
    const uint64_t lap = Entry::LapOf(seen[0]);
    size_t next = 1;
    while (next < kRingEntries && Entry::LapOf(seen[next]) == lap) ++next;
    bool is_one_state = true;
    for (size_t i = next; i < kRingEntries; ++i) {
      is_one_state = is_one_state && Entry::NextLap(Entry::LapOf(seen[i])) == lap;
    }
    if (!is_one_state) continue;
    for (size_t back = 1; back <= kRingEntries; ++back) {  // from the newest entry to the oldest
      const uint64_t word = seen[(next + kRingEntries - back) % kRingEntries];
      if (Entry::TagOf(word) != mine.tag) continue;
      const Entry entry = Entry::Of(word);
      if (entry.worker == 0) continue;
      if (Entry::Between(entry, mine) > Entry::Units(kLifetimeNs)) continue;
      Holder holder;
      holder.worker = static_cast<size_t>(entry.worker - 1);
      holder.is_same_stretch = Entry::AreOfOneStretch(entry, mine);
      return holder;
    }
    mine.lap = next == kRingEntries ? Entry::NextLap(lap) : lap;
    next %= kRingEntries;
    const Entry replaced = Entry::Of(seen[next]);
    if (!words[next].compare_exchange_strong(seen[next], mine.ToWord(), std::memory_order_acq_rel)) continue;
    Holder holder;
    holder.worker = worker;
    holder.has_replaced_needed = replaced.worker != 0 && Entry::Between(replaced, mine) < Entry::Units(kNeededNs);
    return holder;
  }
  Holder holder;
  holder.worker = worker;
  holder.has_replaced_needed = true;
  return holder;
}

}  // namespace tcpgauge
