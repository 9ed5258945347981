// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_VIEW_TABLE_H_
#define TCPGAUGE_SRC_FLOW_VIEW_TABLE_H_

#include <cstdint>

#include "src/base/stable_array.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// A view: a further key under which a connection is captured, besides the key in its record. All views of a connection
// show the same segments, with translated addresses or in another encapsulation. The index leads from the key to the
// view, and the view names the record of its connection.
struct alignas(64) View {
  ConnectionKey key;
  uint32_t record;  // the slot of the connection's record
  uint32_t next;    // the slot of the connection's next view, or ViewTable::kNone; of a free slot: the next free slot
  uint8_t number;   // tells the views of a connection apart; at most kMaxNumber
  bool in_use;      // false: the slot is free
  bool is_swapped;  // end A of `key` is end B of the record's key
  bool is_wrapped;  // the encapsulation of `key` differs from that of the record's key

  // The number that stands for the record's own key, for which there is no View. When the record gets other addresses
  // to show, its own key changes. A View with this number then keeps the first own key, because packets still come
  // under that key (see AddOwnKey()).
  static constexpr uint8_t kFirstNumber = 0;
  static constexpr uint8_t kMaxNumber = 7;
};
static_assert(sizeof(View) == 64, "one cache line");

// The views of the connections of one table, in slots that never move. The views of a connection form a list. The head
// of the list is ConnectionDetails::first_view.
//
// Thread: confined to the thread of its connection table.
// Bounds: `capacity` views in all. A connection has at most kMaxOfConnection views, not counting the one with the
// number View::kFirstNumber. overflows() counts the views that did not fit. If a view does not fit in Add(), the
// connection table counts its packets as those of another connection. If a view does not fit in AddOwnKey(), the
// connection is still shown with its old addresses.
class ViewTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr int kMaxOfConnection = 7;

  explicit ViewTable(uint32_t capacity) : views_(capacity), capacity_(capacity) {}

  // Adds a view to the front of the list with the head `*first`, and returns the slot of the view. Sets `*first` to
  // that slot, and fills in `next`, `number` and `in_use`. The caller must fill in the other members. If there is no
  // room, returns kNone and does not change the list.
  uint32_t Add(uint32_t* first);
  // As Add(), for a view that keeps the own key of a record whose key is about to change. The number of the view is
  // View::kFirstNumber. REQUIRES: the list has no view with this number.
  uint32_t AddOwnKey(uint32_t* first);
  // Whether Add() would add a view to the list with the head `first`.
  bool HasRoom(uint32_t first) const;
  // Frees all views of the list with the head `*first`, and sets `*first` to kNone.
  void RemoveAll(uint32_t* first);

  // Returns the view in `slot`. The reference stays valid as long as the table lives. After RemoveAll(), the slot is
  // free, and may get another view.
  View& operator[](uint32_t slot) { return views_[slot]; }
  const View& operator[](uint32_t slot) const { return views_[slot]; }

  uint32_t size() const { return size_; }  // views of all connections
  uint64_t overflows() const { return overflows_; }

 private:
  // Adds a view with this number to the list. Returns its slot, or kNone if the table is full.
  uint32_t Link(uint32_t* first, uint8_t number);

  StableArray<View> views_;
  const uint32_t capacity_;
  uint32_t free_ = kNone;    // head of the list of free slots
  uint32_t slot_limit_ = 0;  // the slots from here on were never used
  uint32_t size_ = 0;
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_VIEW_TABLE_H_
