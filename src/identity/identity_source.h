// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_SOURCE_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_SOURCE_H_

#include <string_view>

#include "src/identity/identity_draft.h"

namespace tcpgauge {

// A source of identities: it knows who has some of the addresses or sockets, for example from /proc or from the
// Kubernetes API. In each round, IdentityMaker asks all sources one after the other. What they add to the draft of the
// round becomes an identity map.
//
// Thread: in each round, the thread that makes identity maps calls AddTo(), and then the other methods. No two threads
// do so at the same time.
class IdentitySource {
 public:
  virtual ~IdentitySource() = default;

  // Adds to `draft` what the source knows now. Called once in each round, in the order of the sources. May read files
  // and ask the kernel, but never waits for the network. A source that needs the network has a thread of its own, and
  // AddTo() copies what that thread has learned.
  virtual void AddTo(IdentityDraft* draft) = 0;

  // The label `source` of tcpgauge_identity_up, such as "proc". Lives as long as the process.
  virtual std::string_view name() const = 0;

  // Whether the last AddTo() had current knowledge to add. False if, for example, a folder could not be read.
  virtual bool is_up() const = 0;

  // Whether to log that the source is down. False if this host lacks what the source reads, such as the logs of
  // containers, or if the source logs its errors itself.
  virtual bool is_missed() const { return true; }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_SOURCE_H_
