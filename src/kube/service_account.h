// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SERVICE_ACCOUNT_H_
#define TCPGAUGE_SRC_KUBE_SERVICE_ACCOUNT_H_

#include <string>

#include "absl/status/status.h"
#include "src/base/small_file.h"

namespace tcpgauge {

// The paths of a service account's files. The kubelet writes both files into each pod, and replaces the token before it
// expires.
struct ServiceAccountFiles {
  std::string token_file;  // the bearer token (RFC 6750 section 2.1); empty = requests have no token
  std::string ca_file;     // PEM, the authorities that sign the API server's certificate; empty = those of the system
};

// The token and the authorities of a service account. Reads a file again when it has changed.
//
// Thread: confined to one thread.
// Bounds: those of ReadSmallFile().
class ServiceAccount {
 public:
  explicit ServiceAccount(ServiceAccountFiles files);

  // Reads the files that have changed since the last call. When a changed file cannot be read, or does not hold a
  // token, the former content stays in use.
  //
  // Errors: those of ReadSmallFile(). kFailedPrecondition when a file is empty, or when the token has characters that a
  // bearer token cannot have. The message names the file, and never contains the token. Until a file has been read with
  // success, each call returns the error of this file. After that, each change that cannot be used is an error only
  // once.
  absl::Status Refresh();

  const std::string& token() const { return token_.content; }
  const std::string& ca_pem() const { return ca_.content; }
  // Whether each file that has a path was read at least once.
  bool is_complete() const { return token_.is_complete() && ca_.is_complete(); }

 private:
  struct File {
    bool is_complete() const { return path.empty() || !content.empty(); }

    std::string path;
    FileStamp stamp;
    std::string content;  // the last content that could be used
  };

  static absl::Status Refresh(bool is_token, File* file);

  File token_;
  File ca_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SERVICE_ACCOUNT_H_
