// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_SOURCE_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_SOURCE_H_

#include <string_view>

#include "src/identity/identity_draft.h"

namespace tcpgauge {

// Knows something about who has which address, for example from /proc or from the Kubernetes API.
//
// Thread: the thread that makes identity maps calls AddTo(), and then is_up(). No two threads do so at a time.
class IdentitySource {
 public:
  virtual ~IdentitySource() = default;

  // Adds to `draft` what the source knows now. Called once in each round, after the sources before it. May read files
  // and ask the kernel, but never waits for the network: a source of the network has a thread and a copy of its own.
  virtual void AddTo(IdentityDraft* draft) = 0;

  // The label `source` of tcpgauge_identity_up, such as "proc". Lives as long as the process.
  virtual std::string_view name() const = 0;

  // Whether the last AddTo() had current knowledge to add. False if, for example, a folder could not be read.
  virtual bool is_up() const = 0;

  // Whether the log should tell when the source is down. False if this host has not what the source reads, such as the
  // logs of containers, or if the source logs its errors itself.
  virtual bool is_missed() const { return true; }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_SOURCE_H_
