// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_SENT_BODIES_H_
#define TCPGAUGE_EXPORTER_HTTP_SENT_BODIES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace tcpgauge {

// Counts the memory of the bodies that are being sent. A body that several responses share counts once.
// Owner: The caller keeps each body unchanged from Add() to Remove().
// Thread: confined to one thread.
class SentBodies {
 public:
  // Call Add() when the sending of a response with `body` begins, and Remove() when it ends.
  void Add(const std::string* body) {
    if (users_[body]++ == 0) bytes_ += body->capacity();
  }
  void Remove(const std::string* body) {
    const auto found = users_.find(body);
    if (--found->second > 0) return;
    bytes_ -= body->capacity();
    users_.erase(found);
  }

  // Returns how many bytes of memory (std::string::capacity()) the bodies take together.
  uint64_t bytes() const { return bytes_; }
  // Returns what bytes() would return after Add(body).
  uint64_t BytesWith(const std::string* body) const {
    return users_.contains(body) ? bytes_ : bytes_ + body->capacity();
  }

 private:
  absl::flat_hash_map<const std::string*, size_t> users_;
  uint64_t bytes_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_SENT_BODIES_H_
