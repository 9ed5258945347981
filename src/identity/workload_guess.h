// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_WORKLOAD_GUESS_H_
#define TCPGAUGE_SRC_IDENTITY_WORKLOAD_GUESS_H_

#include <string_view>

namespace tcpgauge {

// The workload that a name suggests. `name` points into that name, and `kind` to a constant.
struct WorkloadGuess {
  std::string_view name;
  std::string_view kind;
};

// Guesses the workload of a pod from the pod's name. The first rule that applies decides:
// 1. NAME-HASH-SUFFIX, with a ReplicaSet's hash:  the Deployment NAME.
// 2. NAME-MINUTE-SUFFIX, with 8 digits from 2 on: the CronJob NAME (the minute is counted since 1970).
// 3. NAME-SUFFIX:                                 the DaemonSet NAME. A Job looks alike.
// 4. NAME-ORDINAL, with up to 4 digits:           the StatefulSet NAME.
// 5. Otherwise the pod itself, which nobody owns: kind "Pod".
// A suffix is five characters of the alphabet of apimachinery's rand.String(), which has no vowels and no 0, 1 and 3.
// So no English word is a suffix or a hash.
WorkloadGuess GuessWorkload(std::string_view pod);

// Guesses the Deployment that made a ReplicaSet: its name is that of the ReplicaSet without the hash at the end. If the
// name has no hash, somebody made the ReplicaSet by hand. Then returns the whole name with the kind "ReplicaSet".
WorkloadGuess GuessDeployment(std::string_view replica_set);

// Whether `text` can be the end of the name of a CronJob's Job: a number of minutes since 1970. It has 8 digits, and
// the first one is 2 or 3 (the years 2008 to 2046). No hash of a ReplicaSet begins with 2 or 3.
bool IsMinute(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_WORKLOAD_GUESS_H_
