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

// Enforces a --web.config.file. On each request and each new connection it checks whether that file, or a file that it
// names, has changed, and if so, reads all of them again. If a file is wrong, it logs the error once for each change,
// and the previous configuration stays in force. A change that switches TLS on or off needs a restart, so it is logged
// and refused too. Thread: any.
class WebSecurity {
 public:
  // Errors: InvalidArgument when the file, or a file that it names, is unreadable or wrong.
  static absl::StatusOr<std::unique_ptr<WebSecurity>> Open(const std::string& file);

  // The context for connections opened from now on. Null = no TLS; it is then always null.
  std::shared_ptr<const TlsContext> CurrentTls();

  // Returns a handler that checks each request before it calls `handler`, and adds the configured headers. A request
  // with a missing or wrong password gets 401. One with a missing or wrong client certificate gets 403. While too many
  // passwords are being checked, a request gets 503. /-/healthy and /-/ready are open to all. This object must outlive
  // the result.
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

  // Reads all files. Sets `*stamps`, also on error, to the stamps of the files that the result depends on, taken before
  // they were read.
  absl::StatusOr<std::shared_ptr<const Loaded>> Load(Stamps* stamps) const;

  std::shared_ptr<const Loaded> Current();

  const std::string file_;
  Mutex mutex_;
  Stamps stamps_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Loaded> loaded_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_SECURITY_H_
