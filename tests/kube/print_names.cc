// SPDX-License-Identifier: Apache-2.0
// Runs the sources of the Kubernetes API alone, for the end-to-end tests.
//
// usage: print_names --server=URL [--token-file=FILE] [--ca-file=FILE] [--node=NAME] [--level=node|cluster]
//                    [--max-endpoints=N] [--watch-seconds=N] [--spread-ms=N]
//
// Each line on standard input is answered by a line of JSON on standard output: "names" by what the sources know,
// "counts" by what they have done, and what the process has used, "add" by what it costs to add all to a draft, "round"
// by what the process uses after a round of the identity maker, and used at most in it. Ends at the end of standard
// input.
//
// --watch-seconds is the longest watch, and shortens all pauses in the same proportion. So a test sees an hour of a
// cluster in a minute.
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/base/clock.h"
#include "src/base/json_string.h"
#include "src/base/time_units.h"
#include "src/identity/identity_draft.h"
#include "src/identity/identity_maker.h"
#include "src/kube/kube_sources.h"
#include "src/memory/memory_plan.h"
#include "src/naming/identity_hub.h"
#include "src/naming/identity_level.h"
#include "src/naming/identity_map.h"
#include "src/naming/identity_pool.h"

namespace tcpgauge {
namespace {

using Arguments = std::map<std::string, std::string>;

std::string TextOf(const Arguments& arguments, const std::string& name) {
  const auto found = arguments.find(name);
  return found == arguments.end() ? "" : found->second;
}

int64_t NumberOf(const Arguments& arguments, const std::string& name, int64_t otherwise) {
  const std::string text = TextOf(arguments, name);
  return text.empty() ? otherwise : std::atoll(text.c_str());
}

KubeOptions OptionsOf(const Arguments& arguments) {
  KubeOptions options;
  options.level = TextOf(arguments, "level") == "node" ? IdentityLevel::kNode : IdentityLevel::kCluster;
  options.server = TextOf(arguments, "server");
  options.account.token_file = TextOf(arguments, "token-file");
  options.account.ca_file = TextOf(arguments, "ca-file");
  options.node = TextOf(arguments, "node");
  options.user_agent = "tcpgauge/test";
  options.max_endpoints = static_cast<size_t>(NumberOf(arguments, "max-endpoints", 20000));
  options.first_request_spread_ns = NumberOf(arguments, "spread-ms", 0) * kNanosecondsPerMillisecond;
  ListWatchOptions& intervals = options.intervals;
  const int64_t max_watch_ns = NumberOf(arguments, "watch-seconds", 2400) * kNanosecondsPerSecond;
  const auto shorten = [&, former_ns = intervals.max_watch_ns](int64_t* ns) {
    *ns = static_cast<int64_t>(static_cast<double>(*ns) * static_cast<double>(max_watch_ns) /
                               static_cast<double>(former_ns));
  };
  for (int64_t* const ns : {&intervals.min_watch_ns, &intervals.max_watch_ns, &intervals.retry.first_ns,
                            &intervals.retry.max_ns, &intervals.retry.relist_spread_ns}) {
    shorten(ns);
  }
  return options;
}

std::string JsonOf(const EndIdentity& identity) {
  return absl::StrCat("{\"namespace\":", JsonString(identity.namespace_name), ",\"pod\":", JsonString(identity.pod),
                      ",\"workload\":", JsonString(identity.workload), ",\"kind\":", JsonString(identity.workload_kind),
                      ",\"guess\":", identity.is_guess ? "true" : "false",
                      ",\"service\":", JsonString(identity.service), ",\"node\":", JsonString(identity.node),
                      ",\"zone\":", JsonString(identity.zone), "}");
}

std::string NamesOf(const KubeSources& sources) {
  IdentityPool pool;
  IdentityDraft draft(1000000, &pool);
  for (IdentitySource* const source : sources.sources()) source->AddTo(&draft);
  IdentityDraft::Recent recent;
  const auto map = draft.Finish(&recent, 0);
  std::map<std::string, std::string> ends;
  for (const auto& [address, ref] : map->addresses) ends[address.ToString()] = JsonOf(ref->identity);
  for (const auto& [endpoint, ref] : map->endpoints) ends[endpoint.ToString()] = JsonOf(ref->identity);
  std::string json;
  for (const auto& [end, identity] : ends) {
    absl::StrAppend(&json, json.empty() ? "{" : ",", JsonString(end), ":", identity);
  }
  return json.empty() ? "{}" : json + "}";
}

// Returns the sum of the lines of a file of /proc that begin with `begin`.
int64_t SumOfLines(const char* file, const std::string& begin) {
  std::ifstream lines(file);
  int64_t sum = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(begin, 0) == 0) sum += std::atoll(line.substr(line.find(':') + 1).c_str());
  }
  return sum;
}

// Kilobytes of memory that nobody shares (proc(5), smaps_rollup).
int64_t PrivateKilobytes() { return SumOfLines("/proc/self/smaps_rollup", "Private_"); }

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double ThreadCpuSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * kSecondsPerNanosecond;
}

// What one call of each AddTo() costs this thread, which makes identity maps in the agent, and how long it takes.
std::string CostOfAdding(const KubeSources& sources) {
  const int64_t begin_ns = SystemClock().SteadyNanoseconds();
  const double begin_cpu_seconds = ThreadCpuSeconds();
  IdentityPool pool;
  IdentityDraft draft(1000000, &pool);
  for (IdentitySource* const source : sources.sources()) source->AddTo(&draft);
  const int64_t took_ns = SystemClock().SteadyNanoseconds() - begin_ns;
  return absl::StrCat("{\"cpu_seconds\":", ThreadCpuSeconds() - begin_cpu_seconds,
                      ",\"seconds\":", static_cast<double>(took_ns) * kSecondsPerNanosecond, "}");
}

std::string CountsOf(const KubeSources& sources) {
  std::string json =
      absl::StrCat("{\"private_kilobytes\":", PrivateKilobytes(), ",\"cpu_seconds\":", CpuSeconds(), ",\"sources\":{");
  const char* separator = "";
  for (const KubeCounts& counts : sources.Counts()) {
    const ListWatchCounts& list_watch = counts.list_watch;
    absl::StrAppend(&json, separator, JsonString(counts.source), ":{\"up\":", list_watch.is_up ? "true" : "false",
                    ",\"requests\":", list_watch.requests, ",\"relists\":", list_watch.relists);
    absl::StrAppend(&json, ",\"events\":", list_watch.events, ",\"lines_too_long\":", list_watch.lines_too_long,
                    ",\"lines_invalid\":", list_watch.lines_invalid, ",\"failures\":", list_watch.failures,
                    ",\"overflows\":", counts.overflows, "}");
    separator = ",";
  }
  return json + "}}";
}

// What the process takes after a round of the maker, and the most that it took since the round began.
std::string CostOfRound(IdentityMaker* maker) {
  std::ofstream("/proc/self/clear_refs") << 5;  // VmHWM begins again
  maker->Round();
  const int64_t kilobytes = PrivateKilobytes();
  const char* const status = "/proc/self/status";
  const int64_t above_kilobytes = SumOfLines(status, "VmHWM") - SumOfLines(status, "VmRSS");
  return absl::StrCat("{\"private_kilobytes\":", kilobytes, ",\"peak_kilobytes\":", kilobytes + above_kilobytes,
                      ",\"seconds\":", static_cast<double>(maker->last_round_ns()) * kSecondsPerNanosecond, "}");
}

int Main(int argc, char** argv) {
  KeepHeapTight();
  signal(SIGPIPE, SIG_IGN);
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const size_t equals = argument.find('=');
    if (argument.rfind("--", 0) != 0 || equals == std::string::npos) return 2;
    arguments[argument.substr(2, equals - 2)] = argument.substr(equals + 1);
  }
  const KubeOptions kube_options = OptionsOf(arguments);
  KubeSources sources(kube_options, &SystemClock());
  IdentityHub hub;
  IdentityMaker::Options options;
  options.sources = sources.sources();
  options.max_endpoints = kube_options.max_endpoints;
  options.clock = &SystemClock();
  options.hub = &hub;
  options.post = [](const std::shared_ptr<const IdentityMap>&) {};
  IdentityMaker maker(std::move(options));
  sources.Start();
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "names") std::cout << NamesOf(sources) << std::endl;
    if (line == "counts") std::cout << CountsOf(sources) << std::endl;
    if (line == "add") std::cout << CostOfAdding(sources) << std::endl;
    if (line == "round") std::cout << CostOfRound(&maker) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace tcpgauge

int main(int argc, char** argv) { return tcpgauge::Main(argc, argv); }
