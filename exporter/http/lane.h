// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_LANE_H_
#define TCPGAUGE_EXPORTER_HTTP_LANE_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Threads that run jobs for clients, and the queue of the jobs that wait. Clients take turns: after a job of one client
// comes a job of the next client that has one. So a client that waits behind another's thousand jobs waits for one of
// them.
//
// Thread: any.
// Bounds: the caller bounds the number of jobs.
class Lane {
 public:
  using Job = std::function<void()>;

  // The priority of the threads among those of the machine.
  enum class Priority {
    kUsual,
    kLow,  // those of other threads, above all of capture, go first
  };

  // Starts `threads` threads, whose name is `name` (at most 15 characters).
  Lane(const char* name, size_t threads, Priority priority = Priority::kUsual);
  ~Lane();  // calls Stop()
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // Queues `job` for `client`. A job that is `urgent` comes before the jobs of the same client that are not. After
  // Stop(), drops the job. The job must not throw.
  void Add(const std::string& client, bool urgent, Job job);

  // The number of jobs that wait or run: of one client, or of all.
  size_t CountOf(const std::string& client) const;
  size_t count() const;

  // Drops the jobs that wait, and returns when none runs any more. A second call has no effect.
  void Stop();

 private:
  struct Client {
    std::string name;
    std::deque<Job> urgent;
    std::deque<Job> others;
    size_t running = 0;
  };

  void Run(Priority priority);
  std::list<Client>::iterator FindClient(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  CondVar has_job_or_stops_;
  // The clients that have a job, in the order of their turns. The index has an entry for each of them.
  std::list<Client> clients_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::list<Client>::iterator> index_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stops_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_LANE_H_
