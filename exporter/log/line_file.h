// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_LOG_LINE_FILE_H_
#define TCPGAUGE_EXPORTER_LOG_LINE_FILE_H_

#include <prometheus/counter.h>
#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace tcpgauge {

// Each line is counted in one of these. The counts continue when the file is reopened.
struct LineCounters {
  prometheus::Counter& written;
  prometheus::Counter& lost;  // the file could not be written
};

// A file of whole lines. Lines are appended. If a full disk or a crash leaves a part of a line at the end, that part is
// cut off; a pipe keeps it.
//
// Thread: one at a time.
// Errors: a line that cannot be written is lost and counted. Later lines are tried again.
class LineFile {
 public:
  // Creates the file `path` with mode 0640, or appends to it; "-" is standard output. The counters must outlive this
  // object. Errors: InvalidArgument, with the name of the file.
  static absl::StatusOr<std::unique_ptr<LineFile>> Open(const std::string& path, LineCounters counters);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // Appends one or several lines; each ends with a newline.
  void Append(std::string_view lines);

  // Changes the owner of the file if Open() created it, so that Reopen() works after the process became that user. A
  // file that existed before keeps its owner. Errors: PermissionDenied, with the reason.
  absl::Status GiveTo(uid_t uid, gid_t gid);

  // Opens the path again, for example after log rotation renamed the file; for standard output it does nothing. Errors:
  // those of Open(); the old file then stays in use.
  absl::Status Reopen();

  // The errno of the last Append(); 0 = it succeeded.
  int error() const { return error_; }

 private:
  LineFile(std::string path, int fd, bool created, LineCounters counters)
      : path_(std::move(path)), created_(created), fd_(fd), counters_(counters) {}

  const std::string path_;
  const bool created_;  // by Open()
  int fd_;
  LineCounters counters_;
  int error_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_LOG_LINE_FILE_H_
