// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_BASIC_AUTH_H_
#define TCPGAUGE_EXPORTER_HTTP_BASIC_AUTH_H_

#include <map>
#include <string>
#include <string_view>

#include "exporter/http/remembered_passwords.h"

namespace tcpgauge {

// Checks the passwords of HTTP's Basic scheme (RFC 7617) against bcrypt hashes. Only basic_auth.cc includes crypt.h.
//
// bcrypt is slow on purpose. So a check has two steps: Recall() is quick and knows the passwords that matched before,
// and Check() runs bcrypt.
//
// The time of a refusal by Check() does not tell which users exist. Each refusal of well-formed credentials runs as
// many rounds of bcrypt as the costliest of all users' hashes needs. Let the user's hash have the cost c, and the
// costliest hash the cost m. Check() computes the user's hash, and then hashes of the costs c, c+1, ... m-1, because
// 2^c + (2^c + 2^(c+1) + ... + 2^(m-1)) = 2^m.
// For a right password, Check() leaves the further hashes out, because the response tells the client anyway that the
// password is right.
//
// bcrypt ignores all but the first 72 bytes of a password, and so does this class.
//
// Thread: any. Checks do not wait for one another, so the caller must limit how many run at a time.
class BasicAuth {
 public:
  static constexpr int kMaxCost = 16;  // bcrypt runs 2^cost rounds; 2^16 take some seconds

  using Users = std::map<std::string, std::string>;  // name to hash

  enum class Verdict {
    kGranted,
    kDenied,   // malformed or missing credentials; from Check() also an unknown user or a wrong password
    kUnknown,  // from Recall() only: well-formed credentials that Check() must check
  };

  // Returns whether `hash` is a bcrypt hash ($2a$, $2b$, $2y$) with a cost from 4 to kMaxCost.
  static bool IsUsableHash(std::string_view hash);

  // `remembered` must outlive this object. Several objects may share it.
  // REQUIRES: `users` is not empty, and IsUsableHash() is true for each hash.
  BasicAuth(Users users, RememberedPasswords* remembered);

  const Users& users() const { return users_; }

  // Decides without bcrypt, if that is possible. `authorization` is the value of the Authorization header. An empty
  // value stands for a request without this header, and is denied.
  Verdict Recall(std::string_view authorization) const;

  // Checks the user and the password in `authorization`, and remembers the password if it matches. Returns kGranted or
  // kDenied. Takes at most as long as one bcrypt hash of the highest cost.
  Verdict Check(std::string_view authorization) const;

 private:
  const Users users_;
  RememberedPasswords& remembered_;
  int highest_cost_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_BASIC_AUTH_H_
