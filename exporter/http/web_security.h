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

// Enforces the configuration in the file that --web.config.file names: TLS, client certificates, passwords and headers.
//
// Reloads the configuration by itself. Each request and each new TLS connection checks whether that file, or a file
// that it names, has changed. After a change, all these files are read again. If one of them is wrong, the error is
// logged once, and the previous configuration stays in force until a further change. A change that switches TLS on or
// off needs a restart. Before the restart, the change counts as an error.
//
// Thread: any. While one thread reads the files, the others wait.
class WebSecurity {
 public:
  // Reads `file` and the files that it names.
  // Errors: InvalidArgument if one of them is unreadable or wrong.
  static absl::StatusOr<std::unique_ptr<WebSecurity>> Open(const std::string& file);

  // Returns the TLS context for a connection that is opened now. Null = the configuration has no TLS. In that case,
  // every call returns null.
  std::shared_ptr<const TlsContext> CurrentTls();

  // Returns a handler that answers a request by the first of these cases that applies:
  // - The path is /-/healthy or /-/ready, which are open to all: calls `handler`.
  // - The client certificate is missing or wrong (HttpRequest::client_certificate): 403.
  // - The configuration has no users: calls `handler`.
  // - The password is missing or wrong: 401.
  // - Too many other passwords are being checked to check this one too (BasicAuth::Verdict::kBusy): 503.
  // - Otherwise: calls `handler`.
  // The returned handler adds the configured headers to each of these responses. The WebSecurity must outlive the
  // returned handler.
  HttpHandler Guard(HttpHandler handler);

 private:
  // A configuration with the contents of its files. A request that began before a reload keeps the old configuration.
  struct Loaded {
    std::shared_ptr<const TlsContext> tls;
    std::shared_ptr<BasicAuth> users;  // null = the configuration has no users
    HttpFields headers;
  };
  using Stamps = std::vector<std::pair<std::string, FileStamp>>;

  explicit WebSecurity(std::string file) : file_(std::move(file)) {}

  static Stamps StampsOf(const std::vector<std::string>& paths);

  // Reads all files. Sets the out-parameter `*stamps`, also on error, to the stamps of the files on which the result
  // depends. Each stamp is taken before its file is read, so a change during the reading is noticed later.
  absl::StatusOr<std::shared_ptr<const Loaded>> Load(Stamps* stamps) const;

  // Returns the configuration in force, after a reload if a file has changed.
  std::shared_ptr<const Loaded> Current();

  const std::string file_;
  Mutex mutex_;
  // The stamps of the last attempt to load. A failed attempt is repeated only after a further change.
  Stamps stamps_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Loaded> loaded_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_SECURITY_H_
