// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_KUBE_HTTP_H_
#define TCPGAUGE_SRC_KUBE_KUBE_HTTP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/base/clock.h"
#include "src/base/stop_signal.h"
#include "src/http_client/http_client.h"
#include "src/kube/kube_transport.h"
#include "src/kube/service_account.h"

namespace tcpgauge {

// Calls one API server over HTTP/1.1, with libcurl. The connection stays open from one request to the next, unless a
// request is ended early. If the environment names a proxy, the connection goes through it (ProxySettings), as for
// other clients of Kubernetes.
//
// Why not HTTP/2. A list or watch is one request at a time, so a second stream would carry nothing.
//
// Before each request, the files of the token and of the authorities are read again if they have changed. New
// authorities apply to new connections. The API server checks the token when a watch begins, so a watch continues when
// its token is replaced.
//
// Answers are not compressed. The API server never compresses a watch, and compressing a list would cost the server
// processor time.
//
// Thread: confined to one thread. The constructor may run in another thread.
// Bounds: at most kMaxWaitingBytes of a body, and one piece of libcurl, wait in memory. Reading stops after 16 KiB of
// an answer with an error status (400 and above), and after 8 MiB of any other answer that is not 200, such as
// redirections. Such an answer counts as a failure, whether it was read to its end or not. The kernel closes a dead
// connection after a minute of silence.
// Errors: those of KubeTransport. When a changed file of the account cannot be read, its previous content stays in use.
// Then a warning is logged, once for each change.
class KubeHttp final : public KubeTransport {
 public:
  static constexpr size_t kMaxWaitingBytes = 64 << 10;

  // `server` is the URL of the API server, without a path: "https://10.43.0.1:443". `user_agent` is sent with each
  // request. `clock` and `stop` must outlive the object.
  KubeHttp(std::string server, std::string user_agent, const ServiceAccountFiles& files, const Clock* clock,
           const StopSignal* stop);

  absl::StatusOr<KubeAnswer> Get(const std::string& path_and_query, const Patience& patience) override;
  absl::StatusOr<std::string> Next() override;
  bool Pause(int64_t ns) override;

 private:
  absl::Status RefreshAccount();
  // Waits until the request has made progress, for at most a second. Returns nullopt as long as the answer is not
  // complete, and then the answer.
  absl::StatusOr<std::optional<HttpAnswer>> Wait();
  // Reads the rest of an answer whose status is not 200.
  absl::StatusOr<KubeAnswer> ReadFailure(std::optional<HttpAnswer> answer);
  void Cancel();

  const std::string server_;
  const std::string user_agent_;
  const Clock& clock_;
  const StopSignal& stop_;
  ServiceAccount account_;
  std::string ca_pem_in_use_;
  HttpClient client_;
  int64_t silence_ns_ = 0;       // Patience::silence_ns of the request
  int64_t silent_since_ns_ = 0;  // steady
  bool is_over_ = true;          // no request is under way
  std::string waiting_;          // a part of the body, from which Next() takes its pieces
  size_t taken_bytes_ = 0;       // of `waiting_`
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_KUBE_HTTP_H_
