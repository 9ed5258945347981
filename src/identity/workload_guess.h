// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_WORKLOAD_GUESS_H_
#define TCPGAUGE_SRC_IDENTITY_WORKLOAD_GUESS_H_

#include <string_view>

namespace tcpgauge {

// The owner of a pod, as a name tells it. The views point into that name, or to constants.
struct WorkloadGuess {
  std::string_view name;
  std::string_view kind;
};

// Cuts the name of the owner from the name of a pod, by the first rule that applies:
// 1. NAME-HASH-SUFFIX, with a ReplicaSet's hash:  the Deployment NAME.
// 2. NAME-MINUTE-SUFFIX, with 8 digits from 2 on: the CronJob NAME (the minute is counted since 1970).
// 3. NAME-SUFFIX:                                 the DaemonSet NAME. A Job looks alike.
// 4. NAME-ORDINAL, with up to 4 digits:           the StatefulSet NAME.
// 5. Otherwise the pod itself, which nobody owns: kind "Pod".
// A suffix is five characters of the alphabet of apimachinery's rand.String(), which has no vowels and no 0, 1 and 3.
// So no English word is a suffix or a hash.
WorkloadGuess GuessWorkload(std::string_view pod);

// Cuts the hash from the name of a ReplicaSet: the rest is the name of its Deployment. A name without a hash is the
// name of a ReplicaSet that somebody made by hand, and is returned whole with the kind "ReplicaSet".
WorkloadGuess GuessDeployment(std::string_view replica_set);

// Whether `text` is the minute at the end of a CronJob's Job, counted since 1970: 8 digits, the first a 2 or a 3 (from
// 2008 to 2046). No hash of a ReplicaSet begins with a 2 or 3.
bool IsMinute(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_WORKLOAD_GUESS_H_
