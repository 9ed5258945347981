// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_WORKLOAD_GUESS_H_
#define TCPGAUGE_SRC_IDENTITY_WORKLOAD_GUESS_H_

#include <string_view>

namespace tcpgauge {

// The workload that a name suggests. `name` points into the text that was passed, and `kind` to a constant.
struct WorkloadGuess {
  std::string_view name;
  std::string_view kind;
};

// Guesses the workload of a pod from the pod's name. The first rule that applies decides:
// 1. NAME-MINUTE-SUFFIX (see IsMinute()):         the CronJob NAME.
// 2. NAME-HASH-SUFFIX, with a ReplicaSet's hash:  the Deployment NAME.
// 3. NAME-SUFFIX:                                 the DaemonSet NAME. A Job looks alike.
// 4. NAME-ORDINAL, with up to 4 digits:           the StatefulSet NAME.
// 5. Otherwise the pod itself, which nobody owns: kind "Pod".
// A suffix is five characters of the alphabet of Kubernetes (rand.String() of apimachinery), which has no vowels and no
// 0, 1 and 3. A hash is 8 to 10 of these characters. So hardly any word is a suffix or a hash. In a name of 63
// characters, the longest that the API server makes, the hyphen before the suffix may be missing.
WorkloadGuess GuessWorkload(std::string_view pod);

// Guesses the Deployment that made a ReplicaSet. The Deployment's name is the ReplicaSet's name without the hash at the
// end. A ReplicaSet without a hash was made by hand: then returns the whole name, with the kind "ReplicaSet".
WorkloadGuess GuessDeployment(std::string_view replica_set);

// Whether `text` can be the MINUTE at the end of the name of a CronJob's Job: a number of minutes since 1970. The
// number has 8 digits, and the first digit is 2 or 3 (the years 2008 to 2046). No hash of a ReplicaSet begins with 2 or
// 3.
bool IsMinute(std::string_view text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_WORKLOAD_GUESS_H_
