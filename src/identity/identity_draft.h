// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_DRAFT_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_DRAFT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "src/identity/group_owner.h"
#include "src/identity/recent_names.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_map.h"
#include "src/naming/identity_pool.h"
#include "src/naming/listener_queue.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// Collects what the sources know in one round, and makes an identity map of it.
//
// Design. No source knows everything that leads from an address or a socket to a name. The kernel reports the control
// group of a socket, the path of the group has the UID of a pod, and only the API or the name of a log file has the
// names of this pod. So the draft keeps these facts as they come, and Finish() joins them. The order in which the
// sources add facts does not matter, except for the bounds.
//
// Contradictions. When the processes and sockets on this node contradict the API, the draft believes them and not the
// API, because the API may be late. When a pod is known from the API and from this node, the workload that the API
// gives replaces a guess. When several owners on this node have the same address or endpoint, its identity is unknown.
// The identity of an address that several pods of the API have is unknown too. For endpoints of the API, see
// AddEndpoint().
//
// Names. If a name in an EndIdentity does not follow IsName(), the draft empties it. So the sources need not check
// names. Exception: `comm` may hold any bytes.
//
// Room. A host may have more connected sockets than the cluster has pods. So Finish() gives room in the map to
// connected sockets last. They get the room that everything else leaves, but at most half of max_endpoints. Even dead
// addresses and endpoints (see Recent) come before them. A socket whose owner is unknown takes no room in the map.
//
// Thread: confined to the thread that makes identity maps.
// Bounds: the map has at most max_endpoints addresses, endpoints and ports together. Each kind of facts has a bound of
// its own, and overflows() counts what does not fit:
// - max_endpoints addresses, listeners and endpoints of the API together, in the order in which they come. At most
//   kMaxListeners of them are listeners.
// - max_endpoints endpoints of connected sockets.
// - kMaxFacts each of pods of the API, pods of log files, containers, control groups, owners, and local addresses.
class IdentityDraft {
 public:
  static constexpr size_t kMaxFacts = 65536;
  static constexpr size_t kMaxListeners = 4096;

  // `max_endpoints` is --identity.max-endpoints. `pool` must outlive this object. The draft keeps the identities of the
  // API's addresses and endpoints there, because most of them are in the previous map and in the next one. Copies would
  // take several megabytes.
  IdentityDraft(size_t max_endpoints, IdentityPool* pool) : max_endpoints_(max_endpoints), pool_(pool) {}

  // Facts from the Kubernetes API.

  // Adds the pod with this UID. `pod` has the namespace, the pod's name, the workload with its kind, the node and the
  // zone. The pod may be on the host's network.
  void AddPod(std::string_view uid, const EndIdentity& pod);
  // Adds an address that belongs to one pod alone. Do not call it for the addresses of a pod on the host's network.
  void AddAddress(const IpAddress& address, const EndIdentity& pod);
  // Adds an endpoint of a pod or of a service. Other pods may have the same address. If several services have the same
  // endpoint, the service whose name sorts first counts. Otherwise the first identity that was added counts.
  void AddEndpoint(const Endpoint& endpoint, const EndIdentity& server);

  // Facts from this node.

  // Adds the container with this id. The name of its log file tells namespace, pod and container. The workload is a
  // guess.
  void AddContainer(std::string_view container_id, const EndIdentity& container);
  // Adds the pod with this UID. The path of its log files tells namespace and pod. The workload is a guess.
  void AddPodOfLog(std::string_view uid, const EndIdentity& pod);
  // Adds the control group with the inode number `id`.
  void AddGroup(uint64_t id, const GroupOwner& owner);
  // Notes that a control group of this owner has processes. `comm` is the name of the process if there is only one
  // process, otherwise empty.
  void AddOwner(const GroupOwner& owner, std::string_view comm);
  // Adds an address of the network namespace of this owner's processes. It becomes a local address too. Do not call it
  // for the namespace of the host.
  void AddAddressOf(const GroupOwner& owner, const IpAddress& address);
  // Adds an address of the host's network namespace, in which several workloads run. It becomes a local address too.
  void AddSharedAddress(const IpAddress& address);
  // Adds a local address: one of this node or of a pod on it.
  void AddLocalAddress(const IpAddress& address);
  // Adds a listening socket of the host's network namespace. `queue.identity` is not used. 0.0.0.0 or :: stands for all
  // addresses. Listeners on the same endpoint are added up. Add all listeners before the first AddSocket().
  void AddListener(const ListenerQueue& queue, uint64_t group_id);
  // Adds a connected socket of the host's network namespace. `cookie` is the kernel's number of the socket, which no
  // other socket gets. Has no effect if there is a listener on this endpoint, or on its port and all addresses: the
  // listener has most likely accepted the socket, and stands for it.
  void AddSocket(const Endpoint& local, uint64_t group_id, uint64_t cookie);
  // `wall_ns` is what Clock::WallNanoseconds() returned before the sockets were read.
  void SetSocketsReadTime(int64_t wall_ns) { sockets_read_ns_ = wall_ns; }

  // The inode numbers of the control groups of the listeners and connected sockets in the draft. 0 stands for an
  // unknown group.
  absl::flat_hash_set<uint64_t> GroupIds() const;

  // What one round leaves for the next: the identities that dead addresses and endpoints keep for a while, and the
  // order of the listeners. An address or endpoint is dead when the sources no longer name it.
  struct Recent {
    RecentNames<IpAddress> addresses;
    RecentNames<Endpoint> endpoints;  // of the API
    // The map of the previous round, or an equal map that is in use already. An address in this map that the sources no
    // longer name has died. Null in the first round.
    std::shared_ptr<const IdentityMap> map;
    absl::flat_hash_set<Endpoint> sockets;  // the endpoints in `map` that come from sockets of this node
    int64_t map_time_ns = 0;                // when the previous round began; steady
    // The order of IdentityMap::listener_queues: a listener that came later has a higher number.
    absl::flat_hash_map<Endpoint, uint64_t> listeners;
    uint64_t last_listener = 0;
  };

  // Makes the map. Updates `recent`. Call it once, at the end. `now_ns` is Clock::SteadyNanoseconds().
  std::shared_ptr<IdentityMap> Finish(Recent* recent, int64_t now_ns);

  // Counts that a source left something out because of a bound of its own.
  void CountOverflow() { ++overflows_; }
  uint64_t overflows() const { return overflows_; }
  // A hash of the connected sockets in the draft and of their cookies. When other sockets take their place, the hash
  // almost certainly changes, even if the endpoints stay the same.
  uint64_t socket_fingerprint() const { return socket_fingerprint_; }

 private:
  struct AddressClaim {
    IdentityRef api;                          // null: the API does not know the address
    bool api_differs = false;                 // the API says that several pods have it
    std::unique_ptr<const GroupOwner> owner;  // null: no process on this node has the address
    bool owners_differ = false;
  };
  // The control groups of the sockets of one endpoint. kUnknownGroup stands for those beyond kMaxGroupsOfEndpoint.
  using GroupClaim = absl::InlinedVector<uint64_t, 1>;
  struct ListenerClaim {
    ListenerQueue queue;
    GroupClaim groups;
  };
  using GroupIdentities = absl::flat_hash_map<uint64_t, IdentityRef>;
  using EndpointIdentities = absl::flat_hash_map<Endpoint, IdentityRef>;

  // Whether there is room for one more address, listener or endpoint of the API. If there is none, counts an overflow.
  bool HasRoom();
  // Whether `facts`, which may have kMaxFacts, have the key or room for it. Otherwise counts an overflow.
  template <typename Key, typename Facts>
  bool HasRoomFor(const Key& key, const Facts& facts);
  // Returns the pool's copy of the identity. Members that are not names (see IsName()) are empty in it.
  IdentityRef Named(const EndIdentity& identity) const;
  bool IsListening(const Endpoint& endpoint) const;
  // Adds to pods_in_logs_ the pod of each container in containers_ for which an owner tells the pod's UID.
  void FindPodsInLogs();
  // The next three functions return nullopt or null for an unknown identity.
  std::optional<EndIdentity> IdentityOf(const GroupOwner& owner) const;
  std::optional<EndIdentity> IdentityOfPod(const GroupOwner& owner) const;
  IdentityRef IdentityOf(const AddressClaim& claim) const;

  GroupIdentities FinishGroups() const;
  // Returns the identities of the listeners on one address. Puts those of the listeners on all addresses into the map's
  // wildcard_ports, and all listeners into its listener_queues.
  EndpointIdentities FinishListeners(const GroupIdentities& groups, IdentityMap* map) const;
  // Sorts the map's listener_queues. New listeners come after those of the previous round, the fullest of the new ones
  // first.
  void SortListeners(Recent* recent, IdentityMap* map) const;
  // Adds at most `room` endpoints to the map. Replaces the names of dead endpoints that have a socket again.
  void FinishSockets(const GroupIdentities& groups, size_t room, Recent* recent, IdentityMap* map);
  void FinishAddresses(Recent* recent, IdentityMap* map) const;
  // Gives api_endpoints_ away to the map, because a copy would take megabytes.
  void FinishEndpoints(const GroupIdentities& groups, const EndpointIdentities& listeners, Recent* recent,
                       IdentityMap* map);

  const size_t max_endpoints_;
  IdentityPool* const pool_;
  absl::flat_hash_map<std::string, EndIdentity> pods_;          // by UID, from the API
  absl::flat_hash_map<std::string, EndIdentity> containers_;    // by id, from the names of log files
  absl::flat_hash_map<std::string, EndIdentity> pods_in_logs_;  // by UID, from log files; `container` is empty
  absl::flat_hash_map<uint64_t, GroupOwner> groups_;
  absl::flat_hash_map<GroupOwner, std::string> comms_;  // of all owners that have processes
  absl::flat_hash_map<IpAddress, AddressClaim> addresses_;
  EndpointIdentities api_endpoints_;
  absl::flat_hash_map<Endpoint, GroupClaim> sockets_;
  absl::flat_hash_map<Endpoint, size_t> listener_places_;  // in listeners_
  std::vector<ListenerClaim> listeners_;
  absl::flat_hash_set<uint16_t> wildcard_ports_;  // of listeners_
  absl::flat_hash_set<IpAddress> shared_addresses_;
  absl::flat_hash_set<IpAddress> local_addresses_;  // shared ones included
  int64_t sockets_read_ns_ = 0;
  uint64_t socket_fingerprint_ = 0;
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_DRAFT_H_
