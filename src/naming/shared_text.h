// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_SHARED_TEXT_H_
#define TCPGAUGE_SRC_NAMING_SHARED_TEXT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace tcpgauge {

// A text that never changes. Copies share its bytes.
//
// Design. An identity has nine texts, and a cluster has tens of thousands of identities. Most of their texts are equal:
// those of nodes, zones, namespaces and workloads. With std::string, an identity would take 300 bytes even without a
// text, and each copy of a longer text would take its length again. A SharedText takes 8 bytes. The bytes of the text,
// and 8 bytes more, exist once for all copies. An index into a table of texts would take 4 bytes. But then whoever
// reads a name would need the table, and the table would have to outlive all snapshots. A std::shared_ptr<const
// std::string> would take 16 bytes in each copy, and once for all copies 48 bytes besides the text.
//
// Thread: as std::string. Different threads may use and destroy copies of the same text at the same time.
// Bounds: the text must be shorter than 4 GiB, which is not checked.
class SharedText {
 public:
  // Makes an empty text, which allocates no memory.
  SharedText() = default;
  // These three copy the bytes.
  // NOLINTBEGIN(google-explicit-constructor): implicit, so that a name is set like a std::string
  SharedText(std::string_view text);
  SharedText(const std::string& text) : SharedText(std::string_view(text)) {}
  SharedText(const char* text) : SharedText(std::string_view(text)) {}
  // NOLINTEND(google-explicit-constructor)
  SharedText(const SharedText& other) : block_(other.block_) {
    if (block_ != nullptr) block_->users.fetch_add(1, std::memory_order_relaxed);
  }
  SharedText(SharedText&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedText& operator=(SharedText other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedText() {
    if (block_ != nullptr && block_->users.fetch_sub(1, std::memory_order_acq_rel) == 1) Free(block_);
  }

  // The view is valid as long as a copy of this text exists.
  std::string_view view() const { return block_ == nullptr ? std::string_view() : block_->view(); }
  // NOLINTNEXTLINE(google-explicit-constructor): implicit, so that a name is read like a std::string
  operator std::string_view() const { return view(); }
  bool empty() const { return block_ == nullptr; }
  size_t size() const { return view().size(); }

  // Whether no other copy shares the bytes. True for an empty text. If true, it stays true until this copy is copied.
  // If false, other threads may be destroying the other copies.
  bool is_only_copy() const { return block_ == nullptr || block_->users.load(std::memory_order_acquire) == 1; }
  // Whether both share their bytes, or both are empty.
  bool SharesWith(const SharedText& other) const { return block_ == other.block_; }

  // `b` is a SharedText, or any other text.
  template <typename T, typename = std::enable_if_t<std::is_convertible_v<const T&, std::string_view>>>
  friend bool operator==(const SharedText& a, const T& b) {
    return a.view() == std::string_view(b);
  }
  template <typename T, typename = std::enable_if_t<std::is_convertible_v<const T&, std::string_view>>>
  friend bool operator!=(const SharedText& a, const T& b) {
    return !(a == b);
  }
  template <typename H>
  friend H AbslHashValue(H state, const SharedText& text) {
    return H::combine(std::move(state), text.view());
  }

 private:
  // The bytes of the text follow the block in memory.
  struct Block {
    std::string_view view() const { return {reinterpret_cast<const char*>(this + 1), bytes}; }

    mutable std::atomic<uint32_t> users;
    uint32_t bytes;
  };

  static void Free(const Block* block);

  const Block* block_ = nullptr;  // null: empty
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_SHARED_TEXT_H_
