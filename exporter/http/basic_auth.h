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
// The time of a refusal does not tell which users exist. A refusal runs as many rounds of bcrypt as the costliest of
// the hashes has. When the hash of the user has the cost c and the costliest one the cost m, further hashes of the
// costs c, c+1, ... m-1 are computed after the hash of the user, because 2^c + (2^c + 2^(c+1) + ... + 2^(m-1)) = 2^m.
// A right password is granted without them: the status tells the client anyway that the password is right.
//
// bcrypt uses the first 72 bytes of a password, and so does this class.
//
// Thread: any. Checks do not wait for one another, so the caller limits how many run at a time.
class BasicAuth {
 public:
  static constexpr int kMaxCost = 16;  // bcrypt runs 2^cost rounds; 2^16 take some seconds

  using Users = std::map<std::string, std::string>;  // name to hash

  enum class Verdict {
    kGranted,
    kDenied,   // no Basic credentials, malformed credentials, an unknown user, or a wrong password
    kUnknown,  // from Recall() only: well-formed credentials that Check() must check
  };

  // Returns whether `hash` is a bcrypt hash ($2a$, $2b$, $2y$) with a cost from 4 to kMaxCost.
  static bool IsUsableHash(std::string_view hash);

  // `remembered` must outlive this object. Several objects may share it.
  // REQUIRES: `users` is not empty, and IsUsableHash() is true for each hash.
  BasicAuth(Users users, RememberedPasswords* remembered);

  const Users& users() const { return users_; }

  // Returns what is known of `authorization`, the value of the Authorization header, without bcrypt. Empty = the
  // request has no such header.
  Verdict Recall(std::string_view authorization) const;

  // Checks the user and the password in `authorization`. Remembers the password if it matches. Takes as long as one
  // bcrypt hash of the highest cost, if it must run bcrypt.
  Verdict Check(std::string_view authorization) const;

 private:
  const Users users_;
  RememberedPasswords& remembered_;
  int highest_cost_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_BASIC_AUTH_H_
