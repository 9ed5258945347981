// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_KUBE_SOURCES_H_
#define TCPGAUGE_SRC_KUBE_KUBE_SOURCES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/base/stop_signal.h"
#include "src/base/time_units.h"
#include "src/identity/identity_source.h"
#include "src/kube/list_watch.h"
#include "src/kube/pod_store.h"
#include "src/kube/service_account.h"
#include "src/kube/service_store.h"
#include "src/kube/slice_store.h"
#include "src/naming/identity_level.h"

namespace tcpgauge {

struct KubeOptions {
  IdentityLevel level = IdentityLevel::kNode;  // kNode or kCluster
  std::string server;                          // the URL of the API server, such as "https://10.43.0.1:443"
  ServiceAccountFiles account;
  std::string node;  // the name of this node in the API
  std::string user_agent;
  size_t max_endpoints = 20000;                                  // of each source
  int64_t first_request_spread_ns = 60 * kNanosecondsPerSecond;  // see FirstRequestNs()
  // For each ListWatch. `resource`, `path`, `selector` and `first_request_ns` are not used.
  ListWatchOptions intervals;
};

// Counts of one source, for the agent's metrics.
struct KubeCounts {
  std::string_view source;  // IdentitySource::name()
  ListWatchCounts list_watch;
  uint64_t overflows = 0;  // how many times a pod, or an endpoint, was not stored
};

// The identity sources that read the Kubernetes API. With the level kNode, the only source is the pods of this node.
// With kCluster, the EndpointSlices and the services of the cluster are sources too.
//
// Design. No source reads the pods of all nodes. Agents of other projects did so: their watches of all pods from each
// node overloaded API servers, and a central cache of all pods ran out of memory.
//
// Each source has a thread and a connection of its own. AddTo() copies what the thread has learned, and never waits for
// the network.
//
// Thread: one thread calls Start() and Stop(), and destroys the object. For the sources, see IdentitySource. Any thread
// may call Counts().
// Bounds: KubeOptions::max_endpoints pods or endpoints for each source. With 20,000 endpoints, the sources took 3 MB.
// Together with the identity maps that were made from them, they took 11 MB.
// Errors: logged at most once a minute for each source. After an error, the objects that were read before stay.
class KubeSources {
 public:
  // If `options.intervals.retry.random` is null, each source has a generator of its own. `clock` must outlive the
  // object.
  KubeSources(const KubeOptions& options, const Clock* clock);
  ~KubeSources();  // calls Stop()
  KubeSources(const KubeSources&) = delete;
  KubeSources& operator=(const KubeSources&) = delete;

  // Starts the threads. Call it once. Errors: when a thread cannot be started, ends the process (NamedThread()).
  void Start();

  // Tells the threads to end. Returns at once.
  void BeginStop() { stop_.Stop(); }
  // Calls BeginStop(), and returns when the threads have ended. That may take as long as a name look-up of libcurl.
  void Stop();

  // The sources, in the order in which AddTo() should be called. They live as long as this object.
  std::vector<IdentitySource*> sources() const;

  // One for each source.
  std::vector<KubeCounts> Counts() const;

 private:
  class Source;

  StopSignal stop_;
  PodStore pods_;
  SliceStore slices_;
  ServiceStore services_;
  std::vector<std::unique_ptr<Source>> sources_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_KUBE_SOURCES_H_
