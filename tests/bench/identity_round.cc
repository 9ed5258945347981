// SPDX-License-Identifier: Apache-2.0
// Prints how long a round of the identity maker takes on this host, in all and for each source, in milliseconds of the
// processor. Opens SOCKETS sockets for it: one half connects to the other half.
//
// usage: identity_round [SOCKETS [FOLDER_OF_CONTAINER_LOGS]]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/check.h"
#include "src/base/clock.h"
#include "src/base/cpu_budget.h"
#include "src/base/time_units.h"
#include "src/identity/identity_maker.h"
#include "src/identity/identity_source.h"
#include "src/identity/local_sources.h"
#include "src/naming/identity_hub.h"

namespace tcpgauge {
namespace {

constexpr int kRounds = 20;

double ProcessorMilliseconds() { return static_cast<double>(ThreadCpuNanoseconds()) / kNanosecondsPerMillisecond; }

void OpenSockets(int count) {
  const rlim_t descriptors = static_cast<rlim_t>(count) + 100;
  const rlimit limit = {descriptors, descriptors};
  setrlimit(RLIMIT_NOFILE, &limit);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  TCPGAUGE_CHECK(bind(listener, generic, size) == 0 && listen(listener, 128) == 0);
  TCPGAUGE_CHECK(getsockname(listener, generic, &size) == 0);
  for (int i = 0; i < count / 2; ++i) {
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    TCPGAUGE_CHECK(connect(client, generic, size) == 0);
    TCPGAUGE_CHECK(accept(listener, nullptr, nullptr) >= 0);
  }
}

// Measures another source.
class TimedSource final : public IdentitySource {
 public:
  explicit TimedSource(std::unique_ptr<IdentitySource> source) : source_(std::move(source)) {}
  void AddTo(IdentityDraft* draft) override {
    const double begin = ProcessorMilliseconds();
    source_->AddTo(draft);
    sum_ += ProcessorMilliseconds() - begin;
  }
  std::string_view name() const override { return source_->name(); }
  bool is_up() const override { return source_->is_up(); }
  double sum() const { return sum_; }

 private:
  const std::unique_ptr<IdentitySource> source_;
  double sum_ = 0;
};

int Main(int argc, char** argv) {
  OpenSockets(argc > 1 ? atoi(argv[1]) : 10000);
  const std::string logs = argc > 2 ? argv[2] : "/var/log/containers";
  std::vector<std::unique_ptr<TimedSource>> sources;
  IdentityHub hub;
  int changes = 0;
  IdentityMaker::Options options;
  for (auto& source : MakeLocalSources({"/proc", "/sys/fs/cgroup", logs, ""}, SystemClock())) {
    sources.push_back(std::make_unique<TimedSource>(std::move(source)));
    options.sources.push_back(sources.back().get());
  }
  options.max_endpoints = 20000;
  options.clock = &SystemClock();
  options.hub = &hub;
  options.post = [&](std::shared_ptr<const IdentityMap>) { ++changes; };
  IdentityMaker maker(std::move(options));
  const double begin = ProcessorMilliseconds();
  maker.Round();
  const double first = ProcessorMilliseconds() - begin;
  for (int i = 1; i < kRounds; ++i) maker.Round();
  printf("first round %.1f ms, average %.1f ms\n", first, (ProcessorMilliseconds() - begin) / kRounds);
  for (const auto& source : sources)
    printf("  %s %s: %.1f ms\n", std::string(source->name()).c_str(), source->is_up() ? "up" : "down",
           source->sum() / kRounds);
  const auto map = hub.Current();
  printf("%zu addresses, %zu endpoints, %zu listeners, %d maps\n", map->addresses.size(), map->endpoints.size(),
         map->listener_queues.size(), changes);
  std::map<std::string, int> workloads;
  for (const auto& [endpoint, identity] : map->endpoints) ++workloads[std::string(identity->identity.workload)];
  printf("%zu workloads with endpoints\n", workloads.size());
  return 0;
}

}  // namespace
}  // namespace tcpgauge

int main(int argc, char** argv) { return tcpgauge::Main(argc, argv); }
