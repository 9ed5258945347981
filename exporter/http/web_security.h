// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_WEB_SECURITY_H_
#define TCPGAUGE_EXPORTER_HTTP_WEB_SECURITY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "exporter/http/basic_auth.h"
#include "exporter/http/http_message.h"
#include "exporter/http/remembered_passwords.h"
#include "exporter/http/request_guard.h"
#include "exporter/http/tls_context.h"
#include "exporter/http/web_config.h"
#include "exporter/http/web_config_observer.h"
#include "src/base/clock.h"
#include "src/base/mutex.h"
#include "src/base/small_file.h"
#include "src/base/time_units.h"

namespace tcpgauge {

// Enforces the configuration in the file that --web.config.file names: TLS, client certificates, passwords and headers.
//
// Reloads the configuration by itself. Each request but /-/healthy and /-/ready, and each new TLS connection, looks
// whether that file, or a file that it names, has changed. After a change, the files are read again. If one of them is
// wrong, or if the change would weaken the protection (CheckWebConfigChange), a warning is logged once, and the
// previous configuration stays in force entirely until a further change.
//
// A file that is being written may lack its last lines and be valid all the same. So a change is read once the files
// have been left alone for `settle_ns`. Files that never come to rest are read after four times as long, because to
// revoke a user must not take longer than a second. The file's own end tells nothing: YAML needs no last line, and many
// files have no line feed at their end. A lease on the file would tell whether somebody writes it, but only its owner
// may take one.
//
// Thread: any. One thread at a time looks at the files. Meanwhile the others use the configuration in force, so a file
// system that hangs holds up one thread. Health requests look at no file.
class WebSecurity final : public RequestGuard {
 public:
  static constexpr int64_t kSettleNs = 200 * kNanosecondsPerMillisecond;

  // Reads `file` and the files that it names. If one of them has just been written, waits up to five times `settle_ns`
  // until they have been left alone. `observer` may be null. `clock` must outlive the result.
  // Errors: InvalidArgument if one of them is unreadable, wrong, or no regular file, or if `file` has no settings. A
  // file without settings may be half written; to serve without protection, the option is left out.
  static absl::StatusOr<std::unique_ptr<WebSecurity>> Open(const std::string& file,
                                                           std::unique_ptr<WebConfigObserver> observer = nullptr,
                                                           int64_t settle_ns = kSettleNs,
                                                           const Clock& clock = SystemClock());

  // Returns the TLS context for a connection that is opened now. Null = the configuration has no TLS. In that case,
  // every call returns null.
  std::shared_ptr<const TlsContext> CurrentTls();

  // Decides by the first of these cases that applies:
  // - The path is /-/healthy or /-/ready, which are open to all: admits.
  // - The client certificate is missing or wrong (HttpRequest::client_certificate): 403.
  // - The configuration has no users, or the password is remembered: admits.
  // - The password is missing or malformed: 401.
  // - Otherwise: the password must be checked.
  Decision Decide(const HttpRequest& request) override;

  // Admits the request, or refuses it with 401. A user who is revoked during the check is refused.
  Decision CheckPassword(const HttpRequest& request) override;

  void AddHeaders(HttpResponse* response) override;

 private:
  using Stamps = std::vector<std::pair<std::string, FileStamp>>;

  // A configuration with the contents of its files. A request that began before a reload keeps the old configuration.
  struct Loaded {
    WebConfig config;
    Stamps tls_stamps;  // of the files from which `tls` was loaded
    std::shared_ptr<const TlsContext> tls;
    std::shared_ptr<const BasicAuth> users;  // null = the configuration has no users
  };

  // Files that have changed and were not read yet.
  struct Change {
    Stamps stamps;
    int64_t begin_ns = 0;  // of the first change, on the steady clock
    int64_t rest_ns = 0;   // since when `stamps` are the same
  };

  WebSecurity(std::string file, std::unique_ptr<WebConfigObserver> observer, int64_t settle_ns, const Clock& clock)
      : file_(std::move(file)), observer_(std::move(observer)), settle_ns_(settle_ns), clock_(clock) {}

  static Stamps StampsOf(const std::vector<std::string>& paths);
  static Stamps Again(const Stamps& stamps);

  // Reads all files. Sets the out-parameter `*stamps`, also on error, to the stamps of the files on which the result
  // depends. Each stamp is taken before its file is read, so a change during the reading is noticed later. Takes over
  // from `in_force`, which may be null, what has not changed: a key that cannot be read a second time does not keep a
  // user from being revoked.
  absl::StatusOr<std::shared_ptr<const Loaded>> Load(const Loaded* in_force, Stamps* stamps);

  // Whether the files of `stamps` were last changed at least settle_ns_ ago.
  bool AreOld(const Stamps& stamps) const;

  // Looks whether a file has changed, and reads the files if they have changed and have come to rest.
  void Look() ABSL_EXCLUSIVE_LOCKS_REQUIRED(look_mutex_);
  void Reload(bool is_at_rest) ABSL_EXCLUSIVE_LOCKS_REQUIRED(look_mutex_);

  std::shared_ptr<const Loaded> InForce();
  // Returns the configuration in force, after a look at the files unless another thread is looking.
  std::shared_ptr<const Loaded> Current();

  const std::string file_;
  const std::unique_ptr<WebConfigObserver> observer_;
  const int64_t settle_ns_;
  const Clock& clock_;
  RememberedPasswords remembered_;

  Mutex look_mutex_;
  // The stamps of the last attempt to load. A failed attempt is repeated only after a further change.
  Stamps stamps_ ABSL_GUARDED_BY(look_mutex_);
  // Whether the files were at rest at the last attempt. Otherwise they must be read again.
  bool was_at_rest_ ABSL_GUARDED_BY(look_mutex_) = true;
  std::optional<Change> change_ ABSL_GUARDED_BY(look_mutex_);

  Mutex in_force_mutex_;
  std::shared_ptr<const Loaded> in_force_ ABSL_GUARDED_BY(in_force_mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_SECURITY_H_
