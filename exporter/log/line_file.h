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
// A failed write, for example on a full disk, may leave a part of a line at the end of the file. Append() then cuts off
// that part, unless another process has written behind it. A crash may leave such a part too. Open() cuts it off, if
// the process may read the file. Append() and Open() cut only regular files: in a pipe or a device the part remains.
//
// A pipe or a terminal is written through a non-blocking descriptor that belongs to this object alone. So a reader that
// stops never holds the thread up in write(2). Exception: the process may have no right to open a pipe or terminal on
// standard output again. Then the lines are written through the existing descriptor (see PatientWrite()).
//
// Thread: one thread at a time.
// Errors: A line that cannot be written is lost and counted in LineCounters::lost. The next Append() tries to write its
// own lines, not the lost ones.
class LineFile {
 public:
  // Opens the file `path` for appending. If there is no such file, creates it, with mode 0640 less the umask. "-" is
  // standard output. If the file exists, is regular and is readable, cuts off everything after its last newline; a file
  // without any newline becomes empty. Standard output is not cut. The counters must outlive this object.
  //
  // If the process may write a named pipe but not read it, the call waits until the pipe has a reader.
  // Errors: Unavailable. The message names the file.
  static absl::StatusOr<std::unique_ptr<LineFile>> Open(const std::string& path, LineCounters counters);
  ~LineFile();  // closes the file; standard output itself stays open
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  // Appends `lines`: one or several lines, each with its newline. Waits for a slow reader as PatientWrite() does. Sets
  // error().
  void Append(std::string_view lines, Patience* patience);

  // If Open() created the file, makes `uid` and `gid` its owner. Otherwise has no effect: a file that existed before,
  // and standard output, keep their owner. Call it before the process changes its user, because the new user must be
  // able to open the file in Reopen().
  // Errors: PermissionDenied if the owner cannot be changed, for any reason. The message gives the reason.
  absl::Status GiveTo(uid_t uid, gid_t gid);

  // Opens the path again as Open() does, for example after log rotation has renamed the file, closes the old file, and
  // returns true. On error the old file stays in use. For standard output, has no effect and returns false. Unlike
  // Open(), does not wait for the reader of a named pipe: it is an error if the process may only write the pipe and the
  // pipe has no reader.
  // Errors: those of Open().
  absl::StatusOr<bool> Reopen();

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
