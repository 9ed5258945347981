// SPDX-License-Identifier: Apache-2.0
#include "src/kube/kube_sources.h"

#include <functional>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/base/named_thread.h"
#include "src/http_client/http_client.h"
#include "src/kube/kube_http.h"

namespace tcpgauge {
namespace {

// A generator for each source, because each has a thread.
std::function<double()> Random() {
  return [generator = std::mt19937_64(std::random_device()())]() mutable {
    return std::uniform_real_distribution<double>()(generator);
  };
}

}  // namespace

// One kind of object: its requests, its store, and what it adds to a draft.
class KubeSources::Source final : public IdentitySource {
 public:
  // What AddTo() does.
  using Adder = std::function<void(IdentityDraft*)>;
  using Overflows = std::function<uint64_t()>;

  struct Kind {
    const char* name;    // of the source
    const char* thread;  // its name
    const char* resource;
    const char* path;
    std::string selector;
  };

  Source(const Kind& kind, const KubeOptions& options, ObjectStore* store, Adder adder, Overflows overflows,
         const Clock* clock, const StopSignal* stop)
      : name_(kind.name),
        thread_name_(kind.thread),
        adder_(std::move(adder)),
        overflows_(std::move(overflows)),
        http_(options.server, options.user_agent, options.account, clock, stop),
        list_watch_(OptionsOf(kind, options), store, &http_, clock) {}

  void Start() {
    thread_ = NamedThread(thread_name_, [this] { list_watch_.Run(); });
  }
  void Join() {
    if (thread_.joinable()) thread_.join();
  }

  void AddTo(IdentityDraft* draft) override { adder_(draft); }
  std::string_view name() const override { return name_; }
  bool is_missed() const override { return false; }  // its errors are logged with their reasons
  bool is_up() const override { return list_watch_.Counts().is_up; }

  KubeCounts Counts() const { return {name_, list_watch_.Counts(), overflows_()}; }

 private:
  static ListWatchOptions OptionsOf(const Kind& kind, const KubeOptions& options) {
    ListWatchOptions list_watch = options.intervals;
    list_watch.resource = kind.resource;
    list_watch.path = kind.path;
    list_watch.selector = kind.selector;
    list_watch.first_request_ns = FirstRequestNs(options.node, options.first_request_spread_ns);
    if (list_watch.retry.random == nullptr) list_watch.retry.random = Random();
    return list_watch;
  }

  const char* const name_;
  const char* const thread_name_;
  const Adder adder_;
  const Overflows overflows_;
  KubeHttp http_;
  ListWatch list_watch_;
  std::thread thread_;
};

KubeSources::KubeSources(const KubeOptions& options, const Clock* clock)
    : pods_(options.max_endpoints), slices_(options.max_endpoints), services_(options.max_endpoints) {
  const bool has_cluster = options.level == IdentityLevel::kCluster;
  // No endpoint says the zone of this node on level kNode.
  sources_.push_back(std::make_unique<Source>(
      Source::Kind{"kubernetes-pods", "kube-pods", "pods", "/api/v1/pods",
                   absl::StrCat("fieldSelector=", HttpClient::Escape(absl::StrCat("spec.nodeName=", options.node)))},
      options, &pods_, [this, node = options.node](IdentityDraft* draft) { pods_.AddTo(slices_.ZoneOf(node), draft); },
      [this] { return pods_.overflows(); }, clock, &stop_));
  if (!has_cluster) return;
  sources_.push_back(std::make_unique<Source>(
      Source::Kind{"kubernetes-endpointslices", "kube-slices", "endpointslices",
                   "/apis/discovery.k8s.io/v1/endpointslices", ""},
      options, &slices_, [this](IdentityDraft* draft) { slices_.AddTo(draft); }, [this] { return slices_.overflows(); },
      clock, &stop_));
  sources_.push_back(std::make_unique<Source>(
      Source::Kind{"kubernetes-services", "kube-services", "services", "/api/v1/services", ""}, options, &services_,
      [this](IdentityDraft* draft) { services_.AddTo(slices_.WorkloadsOfServices(), draft); },
      [this] { return services_.overflows(); }, clock, &stop_));
}

KubeSources::~KubeSources() { Stop(); }

void KubeSources::Start() {
  for (const auto& source : sources_) source->Start();
}

void KubeSources::Stop() {
  BeginStop();
  for (const auto& source : sources_) source->Join();
}

std::vector<IdentitySource*> KubeSources::sources() const {
  std::vector<IdentitySource*> sources;
  for (const auto& source : sources_) sources.push_back(source.get());
  return sources;
}

std::vector<KubeCounts> KubeSources::Counts() const {
  std::vector<KubeCounts> counts;
  for (const auto& source : sources_) counts.push_back(source->Counts());
  return counts;
}

}  // namespace tcpgauge
