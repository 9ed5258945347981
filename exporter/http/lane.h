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

// Threads that run jobs for clients, and a queue of the jobs that wait. Clients take turns: after a job of one client,
// a thread takes a job of the next client that has one waiting. So a client that comes after another client's thousand
// jobs waits for at most two of them: one that runs, and one that was next.
//
// Thread: any, except that one thread at a time calls Stop().
// Bounds: The caller bounds the number of jobs.
class Lane {
 public:
  using Job = std::function<void()>;

  // The priority of the lane's threads in the kernel's scheduler.
  enum class Priority {
    kUsual,
    kLow,  // lower than that of other threads, such as those that capture
  };

  // Starts `threads` threads. For `name`, see NamedThread(). With 0 threads, jobs wait for ever.
  Lane(const char* name, size_t threads, Priority priority = Priority::kUsual);
  ~Lane();  // calls Stop()
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // Queues `job` for `client`. An `urgent` job goes before the jobs of the same client that are not urgent. After
  // Stop(), drops the job. The job must not throw.
  void Add(const std::string& client, bool urgent, Job job);

  // Returns how many jobs wait or run: of one client, or of all.
  size_t CountOf(const std::string& client) const;
  size_t count() const;

  // Returns when no job runs any more. The jobs that wait never run. A second call has no effect.
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
  // The clients whose jobs wait or run, in the order of their turns. `index_` finds a client by its name.
  std::list<Client> clients_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::list<Client>::iterator> index_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stops_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_LANE_H_
