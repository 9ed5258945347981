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

// Where lines are counted, over all files of a name.
struct LineCounters {
  prometheus::Counter& written;
  prometheus::Counter& lost;  // the file could not be written
};

// A file to which whole lines are appended, and which holds whole lines only: what a full disk or a crash left of one
// is cut off again.
//
// Thread: one at a time. Errors: lines that cannot be written are lost and counted; the next ones are tried again.
class LineFile {
 public:
  // `path` is created (mode 0640) or appended to; "-" is standard output. The error names the file.
  // The counters must outlive the file.
  static absl::StatusOr<std::unique_ptr<LineFile>> Open(const std::string& path, LineCounters counters);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // `lines` is one or several, each ended by a newline.
  void Append(std::string_view lines);

  // Hands the file over to a user who is to open it again later. Only a file that Open() made: one that was there has
  // the owner that somebody gave it.
  absl::Status GiveTo(uid_t uid, gid_t gid);

  // Goes on with a file of that name as it is now: after the former was renamed. When it cannot be opened, the former
  // stays in use, and the error says why.
  absl::Status Reopen();

  // errno of the last write, 0 when it went well.
  int error() const { return error_; }

 private:
  LineFile(std::string path, int fd, bool made, LineCounters counters)
      : path_(std::move(path)), made_(made), fd_(fd), counters_(counters) {}

  const std::string path_;
  const bool made_;
  int fd_;
  LineCounters counters_;
  int error_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_LOG_LINE_FILE_H_
