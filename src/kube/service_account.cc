// SPDX-License-Identifier: Apache-2.0
#include "src/kube/service_account.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

// Any other character could end the header's line.
bool IsToken(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("-._~+/=").find(c) != std::string_view::npos;
  });
}

}  // namespace

ServiceAccount::ServiceAccount(ServiceAccountFiles files) {
  token_.path = std::move(files.token_file);
  ca_.path = std::move(files.ca_file);
}

absl::Status ServiceAccount::Refresh() {
  absl::Status token = Refresh(/*is_token=*/true, &token_);
  absl::Status ca = Refresh(/*is_token=*/false, &ca_);
  return token.ok() ? ca : token;
}

absl::Status ServiceAccount::Refresh(bool is_token, File* file) {
  if (file->path.empty()) return absl::OkStatus();
  const FileStamp stamp = FileStamp::Of(file->path);
  if (stamp == file->stamp && !file->content.empty()) return absl::OkStatus();
  file->stamp = stamp;
  absl::StatusOr<std::string> read = ReadSmallFile(file->path);
  if (!read.ok()) return read.status();
  std::string content = *std::move(read);
  if (is_token) absl::StripAsciiWhitespace(&content);
  if (content.empty()) return absl::FailedPreconditionError(absl::StrCat(file->path, ": is empty"));
  if (is_token && !IsToken(content)) {
    return absl::FailedPreconditionError(absl::StrCat(file->path, ": is not a bearer token"));
  }
  file->content = std::move(content);
  return absl::OkStatus();
}

}  // namespace tcpgauge
