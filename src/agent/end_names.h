// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_AGENT_END_NAMES_H_
#define TCPGAUGE_SRC_AGENT_END_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/base/clock.h"
#include "src/base/log_limiter.h"
#include "src/base/time_units.h"
#include "src/identity/identity_file.h"
#include "src/identity/identity_maker.h"
#include "src/identity/identity_source.h"
#include "src/identity/identity_thread.h"
#include "src/kube/kube_sources.h"
#include "src/naming/identity_counters.h"
#include "src/naming/identity_hub.h"
#include "src/naming/identity_map.h"
#include "src/options/options.h"

namespace tcpgauge {

// Gives names to the ends of connections. In a live capture, makes the sources that --identity asks for, runs the
// threads of the sources and of the maker, and writes the names to --identity.file, if that is given, whenever they
// change. For a capture that is read from a file, reads the names from --identity.file instead, and runs no thread.
//
// Thread: one thread calls Open(), Start(), BeginStop() and Stop(), and destroys the object. Any thread may use hub().
class EndNames {
 public:
  // Gives the workers a new map. The thread that calls Start() calls it once, and later the maker's thread calls it.
  using Post = std::function<void(const std::shared_ptr<const IdentityMap>&)>;

  // Returns the error of Open() that can be found without a file: a wrong URL of the API server.
  static absl::Status Check(const Options& options);

  // Reads --identity.file if a capture is read from a file. Starts no thread. Null if `options` ask for no names.
  // `max_endpoints` is that of the memory plan. Errors: those of ReadIdentityFile(), and kInvalidArgument if the
  // URL of the API server has a port or host that cannot exist (HttpClient::CheckUrl()).
  static absl::StatusOr<std::unique_ptr<EndNames>> Open(const Options& options, size_t max_endpoints);

  ~EndNames();  // calls Stop()
  EndNames(const EndNames&) = delete;
  EndNames& operator=(const EndNames&) = delete;

  // Posts the first map, and then starts the threads. Call it once, after the privileges are dropped, so that the first
  // write of the file has the same rights as the later ones. Whatever `post` uses must live until Stop(). Errors: those
  // of WriteIdentityFile(). A later failure to write is logged, at most once a minute.
  absl::Status Start(Post post);

  // Tells the threads that wait for the network to end. Returns at once.
  void BeginStop();
  // Returns when the threads have ended. The maker's thread finishes its round (see IdentityMaker::Round()). For the
  // threads of the API, see KubeSources::Stop().
  void Stop();

  const IdentityHub& hub() const { return hub_; }

 private:
  EndNames() : write_errors_(SystemClock(), kWarningIntervalNs) {}

  void MakeSources(const Options& options, size_t max_endpoints);
  // Posts the map and writes the file.
  void Publish(const std::shared_ptr<const IdentityMap>& map);
  void AddKubeCounters(IdentityCounters* counters) const;

  static constexpr int64_t kWarningIntervalNs = 60 * kNanosecondsPerSecond;

  IdentityHub hub_;
  Post post_;
  std::optional<IdentityFile> file_to_write_;
  absl::Status write_status_;   // of the first attempt
  bool has_published_ = false;  // at least once
  LogLimiter write_errors_;
  std::shared_ptr<const IdentityMap> map_from_file_;  // null unless a capture is read from a file
  // The next members are empty if map_from_file_ is not null. Each uses members above it.
  std::vector<std::unique_ptr<IdentitySource>> local_sources_;
  std::unique_ptr<KubeSources> kube_;  // null below kNode
  std::unique_ptr<IdentityMaker> maker_;
  std::unique_ptr<IdentityThread> thread_;  // null unless it runs
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_AGENT_END_NAMES_H_
