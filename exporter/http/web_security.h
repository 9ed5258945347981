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
// Reloads the configuration by itself. Each request except /-/healthy and /-/ready, and each new TLS connection, looks
// whether that file, or a file that it names, has changed (see Thread). After a change, the files are read again. If
// one of them is wrong, or if the change would weaken the protection (CheckWebConfigChange()), one warning is logged
// for this reading. Then the whole previous configuration stays in force until a further change.
//
// A file that is being written may lack its last lines and be valid all the same. So changed files are read when nobody
// has written them for `settle_ns` (see Open()). Files that never come to rest are read after 4 * `settle_ns`, because
// the removal of a user must take effect within a second. The end of a file cannot tell whether the file is complete:
// YAML needs no end marker, and many files have no line feed at their end. A lease on the file (fcntl(2), F_SETLEASE)
// would tell whether somebody writes it, but only the owner of the file may take a lease.
//
// Thread: any. One thread at a time looks at the files. Meanwhile the others use the configuration in force, so a file
// system that hangs holds up one thread only. Health requests look at no file.
class WebSecurity final : public RequestGuard {
 public:
  static constexpr int64_t kSettleNs = 200 * kNanosecondsPerMillisecond;

  // Reads `file` and the files that it names. If one of them is missing, or was written less than `settle_ns` ago,
  // waits until all are there and have come to rest, for at most 5 * `settle_ns`. `observer` may be null. `clock` must
  // outlive the result. Errors: InvalidArgument if the content of one of the files is wrong, and those of
  // ReadSmallFile() if one cannot be read. A `file` without settings has wrong content, because it may be half written.
  // (To serve without protection, leave the option out.)
  static absl::StatusOr<std::unique_ptr<WebSecurity>> Open(const std::string& file,
                                                           std::unique_ptr<WebConfigObserver> observer = nullptr,
                                                           int64_t settle_ns = kSettleNs,
                                                           const Clock& clock = SystemClock());

  // Returns the TLS context for a connection that is opened now, or null if the configuration has no TLS. A reload
  // cannot switch TLS on or off, so either every call returns null, or none does.
  std::shared_ptr<const TlsContext> CurrentTls();

  // Like CurrentTls(), but looks at no file: the context may be that of files which have changed since.
  std::shared_ptr<const TlsContext> TlsInForce() { return InForce()->tls; }

  // Decides by the first of these cases that applies:
  // - The path is /-/healthy or /-/ready, which are open to all: admits.
  // - The client certificate is missing or wrong (HttpRequest::client_certificate): 403.
  // - The configuration has no users, or the password is remembered: admits.
  // - The password is missing or malformed: 401.
  // - Otherwise: the password must be checked.
  Decision Decide(const HttpRequest& request) override;

  // Admits the request, or refuses it with 401. A user who is removed during the check is refused.
  Decision CheckPassword(const HttpRequest& request) override;

  void AddHeaders(HttpResponse* response) override;

 private:
  using Stamps = std::vector<std::pair<std::string, FileStamp>>;

  // A configuration with the contents of its files. It never changes, so a call that began before a reload goes on with
  // the old one.
  struct Loaded {
    WebConfig config;
    Stamps tls_stamps;  // of the files from which `tls` was loaded
    std::shared_ptr<const TlsContext> tls;
    std::shared_ptr<const BasicAuth> users;  // null = the configuration has no users
  };

  // A change of files that have not been read since.
  struct Change {
    Stamps stamps;
    int64_t begin_ns = 0;  // when a look first saw the change, in steady time
    int64_t rest_ns = 0;   // since when the looks have seen these `stamps`, in steady time
  };

  WebSecurity(std::string file, std::unique_ptr<WebConfigObserver> observer, int64_t settle_ns, const Clock& clock)
      : file_(std::move(file)), observer_(std::move(observer)), settle_ns_(settle_ns), clock_(clock) {}

  static Stamps StampsOf(const std::vector<std::string>& paths);
  static Stamps Again(const Stamps& stamps);

  // Reads all files. Sets the out-parameter `*stamps`, also on error, to the stamps of the files on which the result
  // depends. Each stamp is taken before its file is read, so a later look notices a change during the reading. If the
  // TLS settings and files are the same as those of `in_force`, takes its TLS context over. So a user can be removed
  // even if the key cannot be read a second time. `in_force` may be null.
  absl::StatusOr<std::shared_ptr<const Loaded>> Load(const Loaded* in_force, Stamps* stamps);

  // Returns whether all files of `stamps` exist and were last changed at least settle_ns_ ago.
  bool AreOld(const Stamps& stamps) const;

  // Looks whether a file has changed. Calls Reload() if one has changed and all have come to rest, or if the change
  // began 4 * settle_ns_ ago.
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
  // Whether the files were at rest at the last attempt. If not, they are read again.
  bool was_at_rest_ ABSL_GUARDED_BY(look_mutex_) = true;
  std::optional<Change> change_ ABSL_GUARDED_BY(look_mutex_);

  Mutex in_force_mutex_;
  std::shared_ptr<const Loaded> in_force_ ABSL_GUARDED_BY(in_force_mutex_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_WEB_SECURITY_H_
