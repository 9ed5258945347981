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
#include "src/base/patience.h"

namespace tcpgauge {

// The counters of a LineFile. Each line is counted in one of them. The counts continue when the file is reopened.
struct LineCounters {
  prometheus::Counter& written;
  prometheus::Counter& lost;  // the file could not be written
};

// A file to which whole lines are appended: a regular file, a pipe, a device or standard output.
//
// A full disk or a crash may leave a part of a line at the end of a regular file. That part is cut off after a failed
// write, unless another process has written to the file too. It is also cut off when the file is opened, if the file
// is readable. In a pipe or a device the part remains.
//
// A pipe or a terminal is written through a non-blocking descriptor that belongs to this object alone. So a reader that
// stops never holds the thread up in write(2). Exception: the process may have no right to open the pipe on standard
// output again. Such a pipe is written through the existing descriptor.
//
// Thread: one thread at a time.
// Errors: A line that cannot be written is lost and counted in LineCounters::lost. The next Append() tries to write its
// own lines, not the lost ones.
class LineFile {
 public:
  // Opens the file `path` to append to it. Creates it if it does not exist, with mode 0640 less the umask. "-" is
  // standard output. If the file exists, is regular and is readable, what follows its last newline is cut off. A file
  // without any newline becomes empty. The counters must outlive this object.
  //
  // If the process may write a named pipe but not read it, the call waits until the pipe has a reader.
  // Errors: Unavailable. The message names the file.
  static absl::StatusOr<std::unique_ptr<LineFile>> Open(const std::string& path, LineCounters counters);
  ~LineFile();  // closes the file, except standard output
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // Appends `lines`: one or several lines, each with its newline. Waits while a pipe is full, as PatientWrite() does.
  // Sets error().
  void Append(std::string_view lines, Patience* patience);

  // If Open() created the file, makes `uid` and `gid` its owner. Otherwise has no effect: a file that existed before,
  // and standard output, keep their owner. A process calls this before it changes its user, because the new user must
  // be able to open the file again in Reopen().
  // Errors: PermissionDenied if the owner cannot be changed, for any reason. The message gives the reason.
  absl::Status GiveTo(uid_t uid, gid_t gid);

  // Opens the path again as Open() does, for example after log rotation has renamed the file. On error the old file
  // stays in use. For standard output, has no effect. Does not wait for the reader of a named pipe: without a reader, a
  // pipe that may only be written is an error.
  // Errors: those of Open().
  absl::Status Reopen();

  // The errno of the last Append(). ETIMEDOUT = the patience was over. 0 = Append() succeeded, or was never called.
  int error() const { return error_; }

 private:
  LineFile(std::string path, int fd, bool created, LineCounters counters)
      : path_(std::move(path)), created_(created), fd_(fd), counters_(counters) {}

  const std::string path_;  // "-" = standard output
  const bool created_;      // Open() created the file
  int fd_;
  LineCounters counters_;
  int error_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_LOG_LINE_FILE_H_
