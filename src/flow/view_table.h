// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_VIEW_TABLE_H_
#define TCPGAUGE_SRC_FLOW_VIEW_TABLE_H_

#include <cstdint>

#include "src/base/stable_array.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// A further key under which a connection is seen: the same segments, with translated addresses or in another
// encapsulation. The index finds the view by its key, and the view names the record of its connection.
struct alignas(64) View {
  ConnectionKey key;
  uint32_t record;  // the slot of the connection's record
  uint32_t next;    // the slot of the connection's next view, or ViewTable::kNone; in a free slot, the next free slot
  uint8_t number;   // tells the views of a connection apart; at most kMaxNumber
  bool in_use;      // false: the slot is free
  bool is_swapped;  // end A of `key` is end B of the record's key
  bool is_wrapped;  // the encapsulation of `key` differs from that of the record's key

  // The number of the view that is the record's own key as long as the index has this key.
  static constexpr uint8_t kFirstNumber = 0;
  static constexpr uint8_t kMaxNumber = 7;
};
static_assert(sizeof(View) == 64, "one cache line");

// The views of the connections of one table, in slots that never move. The views of a connection form a list, whose
// head is ConnectionDetails::first_view.
//
// Thread: confined to its table.
// Bounds: `capacity` views, and kMaxOfConnection of one connection in addition to the record's own key. overflows()
// counts the views that did not fit. The table takes such a view for a connection of its own.
class ViewTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr int kMaxOfConnection = 7;

  explicit ViewTable(uint32_t capacity) : views_(capacity), capacity_(capacity) {}

  // Adds a view to the list with the head `*first`, and returns its slot. Fills in `next`, `number` and `in_use`; the
  // caller must fill in the other members. Returns kNone if there is no room.
  uint32_t Add(uint32_t* first);
  // As Add(), for a view that takes the record's own key. Its number is View::kFirstNumber.
  uint32_t AddOwnKey(uint32_t* first);
  // Frees all views of the list with the head `*first`, and sets `*first` to kNone.
  void RemoveAll(uint32_t* first);

  // The reference stays valid as long as the table. After RemoveAll(), the slot may get another view.
  View& operator[](uint32_t slot) { return views_[slot]; }
  const View& operator[](uint32_t slot) const { return views_[slot]; }

  uint32_t size() const { return size_; }
  uint64_t overflows() const { return overflows_; }

 private:
  // Adds a view to the list, or returns kNone if the table is full.
  uint32_t Link(uint32_t* first, uint8_t number);

  StableArray<View> views_;
  const uint32_t capacity_;
  uint32_t free_ = kNone;  // head of the list of free slots
  uint32_t slot_limit_ = 0;
  uint32_t size_ = 0;
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_VIEW_TABLE_H_
