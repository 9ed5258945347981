// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/lane.h"

#include <sys/resource.h>

#include <utility>

#include "src/base/named_thread.h"

namespace tcpgauge {
namespace {

// A thread of niceness 0 gets nine times as much time as one of 10 when both want it (sched(7)).
constexpr int kLowNiceness = 10;

}  // namespace

Lane::Lane(const char* name, size_t threads, Priority priority) {
  for (size_t i = 0; i < threads; ++i) threads_.push_back(NamedThread(name, [this, priority] { Run(priority); }));
}

Lane::~Lane() { Stop(); }

std::list<Lane::Client>::iterator Lane::FindClient(const std::string& name) {
  const auto found = index_.find(name);
  if (found != index_.end()) return found->second;
  clients_.push_back({name, {}, {}, 0});
  return index_.emplace(name, std::prev(clients_.end())).first->second;
}

void Lane::Add(const std::string& client, bool urgent, Job job) {
  {
    const MutexLock lock(&mutex_);
    if (stops_) return;
    Client& owner = *FindClient(client);
    (urgent ? owner.urgent : owner.others).push_back(std::move(job));
    ++waiting_;
  }
  has_job_or_stops_.NotifyOne();
}

size_t Lane::CountOf(const std::string& client) const {
  const MutexLock lock(&mutex_);
  const auto found = index_.find(client);
  if (found == index_.end()) return 0;
  const Client& owner = *found->second;
  return owner.urgent.size() + owner.others.size() + owner.running;
}

size_t Lane::count() const {
  const MutexLock lock(&mutex_);
  return waiting_ + running_;
}

void Lane::Stop() {
  {
    const MutexLock lock(&mutex_);
    stops_ = true;
  }
  has_job_or_stops_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Lane::Run(Priority priority) {
  // On Linux, 0 is the calling thread alone. A thread may always lower its priority.
  if (priority == Priority::kLow) setpriority(PRIO_PROCESS, 0, kLowNiceness);
  mutex_.Lock();
  while (true) {
    while (!stops_ && waiting_ == 0) has_job_or_stops_.Wait(&mutex_);
    if (stops_) break;
    auto turn = clients_.begin();
    while (turn->urgent.empty() && turn->others.empty()) ++turn;  // clients whose jobs all run have nothing to wait for
    std::deque<Job>& jobs = turn->urgent.empty() ? turn->others : turn->urgent;
    Job job = std::move(jobs.front());
    jobs.pop_front();
    clients_.splice(clients_.end(), clients_, turn);
    --waiting_;
    ++running_;
    ++turn->running;
    mutex_.Unlock();
    job();
    job = nullptr;  // what the job holds is released without the lock
    mutex_.Lock();
    --running_;
    --turn->running;
    if (turn->running == 0 && turn->urgent.empty() && turn->others.empty()) {
      index_.erase(turn->name);
      clients_.erase(turn);
    }
  }
  mutex_.Unlock();
}

}  // namespace tcpgauge
