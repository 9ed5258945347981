// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_WEB_SECURITY_H_
#define TCPGAUGE_EXPORTER_HTTP_WEB_SECURITY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "exporter/http/basic_auth.h"
#include "exporter/http/http_message.h"
#include "exporter/http/tls_context.h"
#include "src/base/mutex.h"
#include "src/base/small_file.h"

namespace tcpgauge {

// What a --web.config.file asks for, always as the file and those that it names are now: it looks at them whenever it
// is asked. A file that has become wrong is logged, once for each change, and what held before goes on holding; so does
// TLS switched on or off, which needs a restart. Thread: safe for any.
class WebSecurity {
 public:
  // Fails when the file, or one that it names, is wrong.
  static absl::StatusOr<std::unique_ptr<WebSecurity>> Open(const std::string& file);

  // For connections opened from now on; null = no TLS, which stays so.
  std::shared_ptr<const TlsContext> CurrentTls();

  // `handler` behind what is asked for: 401 without a right password, 403 without a right client certificate, 503 while
  // too many passwords are being checked; and with the configured headers. /-/healthy and /-/ready are open to all.
  // This must outlive the result.
  HttpHandler Guard(HttpHandler handler);

 private:
  struct Loaded {
    std::shared_ptr<const TlsContext> tls;
    std::shared_ptr<BasicAuth> users;  // null = no authentication
    HttpFields headers;
  };
  using Stamps = std::vector<std::pair<std::string, FileStamp>>;

  explicit WebSecurity(std::string file) : file_(std::move(file)) {}

  static Stamps StampsOf(const std::vector<std::string>& paths);

  // Reads everything; `*stamps` are of the files that it depends on, taken before, also on error.
  absl::StatusOr<std::shared_ptr<const Loaded>> Load(Stamps* stamps) const;

  std::shared_ptr<const Loaded> Current();

  const std::string file_;
  Mutex mutex_;
  Stamps stamps_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Loaded> loaded_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_SECURITY_H_
