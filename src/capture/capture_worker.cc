// SPDX-License-Identifier: Apache-2.0
#include "src/capture/capture_worker.h"

#include <poll.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// The longest sleep. On a silent link, expiry and publication are at most this late.
constexpr int kIdleWaitMs = 50;

// The kernel hands packets over at most kCaptureTimeoutMs late. The rest is for delays of the scheduler.
constexpr int64_t kLatenessNs = 60 * kNanosecondsPerMillisecond;

// After this time, the kernel has handed a packet over. Includes the ticks of its timer.
constexpr int64_t kKernelDelayNs = 30 * kNanosecondsPerMillisecond;

// Under load, expire at most once per millisecond of packet time.
constexpr int64_t kExpiryIntervalNs = kNanosecondsPerMillisecond;

// Poll interface state this often; recovery is detected at most this late.
constexpr int64_t kPollIntervalNs = kNanosecondsPerSecond / 4;

// The value of last_progress_ns() while the worker need not make progress.
constexpr int64_t kNoProgressDue = std::numeric_limits<int64_t>::max();

// A sweep for forgotten interfaces reads one cache line of each connection. Of a million connections, that takes some
// 30 ms, in slices.
constexpr int64_t kLongestSweepIntervalNs = 10 * kNanosecondsPerSecond;

constexpr int64_t kDropReadIntervalNs = kNanosecondsPerSecond / 2;

// The time-out of poll(2) for a wait of `left_ns`.
int WaitMs(int64_t left_ns) {
  return static_cast<int>(std::clamp<int64_t>(left_ns / kNanosecondsPerMillisecond + 1, 0, kIdleWaitMs));
}

const char* Describe(SourceCondition::State state) {
  switch (state) {
    case SourceCondition::State::kUp:
      return "interface is up";
    case SourceCondition::State::kDown:
      return "interface is down; waiting for it";
    case SourceCondition::State::kGone:
      return "interface is not there; waiting for it";
  }
  return "";
}

// Sets `*value` to `least` if it is less.
void RaiseTo(int64_t least, std::atomic<int64_t>* value) {
  int64_t before = value->load(std::memory_order_relaxed);
  while (before < least && !value->compare_exchange_weak(before, least)) {
  }
}

}  // namespace

CaptureWorker::CaptureWorker(std::vector<std::unique_ptr<PacketSource>> sources, const TableOptions& table,
                             const WorkerOptions& options, WorkerLinks links)
    : options_(options),
      links_(std::move(links)),
      sweep_interval_ns_(std::min(table.ranking_window_ns, kLongestSweepIntervalNs)),
      published_(*links_.published),
      stop_(*links_.stop),
      clock_(*links_.clock),
      interfaces_(&counters_, table.ranking_window_ns),
      capture_clock_(&clock_),
      table_(table, links_.ended != nullptr ? this : nullptr),
      publisher_(&table_, &counters_, &buffer_,
                 options.publish_when_asked ? std::min(kUnaskedIntervalNs, table.ranking_window_ns / 2)
                                            : options.publish_interval_ns,
                 options.live ? kLatenessNs : 0, options.max_rows, options.few_rows),
      sampler_(&table_, &counters_, &samples_),
      last_progress_ns_(clock_.SteadyNanoseconds()) {
  for (std::unique_ptr<PacketSource>& source : sources) {
    const size_t interface = interfaces_.AddNamed(source->name());
    sources_.push_back({std::move(source), interface, sources_.size()});
  }
  if (options.live && sources_.size() > 1) merger_ = std::make_unique<PacketMerger>(sources_.size(), kKernelDelayNs);
  if (links_.handover != nullptr) {
    handover_ = std::make_unique<Handover>(links_.handover, links_.index, &interfaces_);
  }
}

absl::Status CaptureWorker::Run() {
  memory_ahead_ =
      std::make_unique<MemoryAhead>([this](uint32_t first, uint32_t count) { table_.PopulateRecords(first, count); });
  const absl::Status status = options_.live ? CaptureLive() : ReadFiles();
  table_.SettleAttempts();
  if (options_.sample) {
    WaitForSampleTaken();
    sampler_.SampleLast();
  }
  if (options_.publish) publisher_.PublishNow(options_.last_listed_rows);
  if (options_.publish || options_.sample) published_.Notify();
  memory_ahead_.reset();
  last_progress_ns_.store(kNoProgressDue, std::memory_order_relaxed);
  if (links_.on_capture_end && !capture_ended_) links_.on_capture_end(status);
  while (status.ok() && options_.stay_at_end && !stop_.stopped()) {
    pollfd stop_fd = {stop_.fd(), POLLIN, 0};
    poll(&stop_fd, 1, -1);
  }
  return status;
}

std::vector<std::unique_ptr<PacketSource>> CaptureWorker::TakeSources() {
  std::vector<std::unique_ptr<PacketSource>> taken;
  for (Source& source : sources_) taken.push_back(std::move(source.packets));
  sources_.clear();
  return taken;
}

void CaptureWorker::EndConnections() {
  if (links_.ended == nullptr) return;
  links_.ended->WaitFromNowOn();
  table_.EndAll();
}

absl::Status CaptureWorker::CaptureLive() {
  absl::Status last_error;
  int64_t next_drop_read_ns = 0;
  int64_t next_poll_ns = 0;
  int64_t next_expiry_ns = 0;
  while (!stop_.stopped()) {
    TakeLocalListeners();
    CheckClock();
    TakeIdentities();
    bool busy = false;
    // Read before the packets are: when a second has begun, the table's time will have entered it too.
    const int64_t round_begin_ns = clock_.SteadyNanoseconds();
    int64_t read_until_ns = capture_clock_.now_ns() - kKernelDelayNs;
    if (merger_ != nullptr) SetMergerTime();
    for (size_t i = 0; i < sources_.size();) {
      const auto result = merger_ == nullptr ? ReadOne(&sources_[i]) : ReadIntoMerger(&sources_[i]);
      if (!result.ok()) {
        if (merger_ != nullptr) merger_->Close(sources_[i].number);
        last_error = result.status();
        links_.on_source_error(last_error);
        interfaces_.SetCondition(sources_[i].interface, {SourceCondition::State::kGone, "", 0});
        sources_.erase(sources_.begin() + static_cast<ptrdiff_t>(i));
        continue;
      }
      if (merger_ == nullptr && *result == PacketSource::ReadResult::kPackets) {
        busy = true;
        read_until_ns = std::min(read_until_ns, packet_time_ns_);
      }
      ++i;
    }
    if (merger_ != nullptr) {
      CheckClock();
      SetMergerTime();
      ApplyMerged();
      busy = merger_->MayReadMore();
      packet_time_ns_ = std::min(merger_->taken_until_ns(), capture_clock_.now_ns());
      read_until_ns = std::min(read_until_ns, packet_time_ns_);
    }
    // A worker may own no source at all: with --wait only the first worker opens the interface.
    if (sources_.empty() && !last_error.ok() && !capture_ended_) {
      if (handover_ == nullptr) return last_error;
      capture_ended_ = true;
      if (links_.on_capture_end) links_.on_capture_end(last_error);
    }
    if (handover_ != nullptr) busy = ReceiveHandedOver(read_until_ns) || busy;
    const int64_t steady_ns = clock_.SteadyNanoseconds();
    last_progress_ns_.store(steady_ns, std::memory_order_relaxed);
    // While packets come, unread ones may be older than the clock. So time advances only to the latest packet:
    // otherwise a second could end before all its packets are counted.
    const int64_t now_ns = busy ? packet_time_ns_ : capture_clock_.now_ns();
    if (!busy || now_ns >= next_expiry_ns) {
      const bool all_done = table_.AdvanceTime(now_ns);
      next_expiry_ns = all_done ? now_ns + kExpiryIntervalNs : 0;
      busy = busy || !all_done;
    }
    if (steady_ns >= next_poll_ns) {
      next_poll_ns = steady_ns + kPollIntervalNs;
      PollSources();
    }
    if (steady_ns >= next_drop_read_ns) {
      next_drop_read_ns = steady_ns + kDropReadIntervalNs;
      ReadDropCounters();
      PollDiscoveredInterfaces(steady_ns);
    }
    busy = Sample(round_begin_ns) == WorkerSampler::Progress::kTelling || busy;
    busy = Publish(steady_ns) == WorkerPublisher::Progress::kInPass || busy;
    busy = SweepInterfaces(steady_ns) || busy;
    if (!busy) WaitForPackets();
  }
  if (merger_ != nullptr) {
    merger_->CloseAll();
    ApplyMerged();
  }
  if (handover_ != nullptr) EndHandover();
  ReadDropCounters();
  return sources_.empty() ? last_error : absl::OkStatus();
}

absl::Status CaptureWorker::ReadFiles() {
  for (Source& source : sources_) {
    while (!stop_.stopped()) {
      TakeIdentities();
      const auto result = ReadOne(&source);
      if (!result.ok()) {
        if (stop_.stopped()) break;  // a signal interrupted the read, which is not an error of the file
        return result.status();
      }
      if (*result == PacketSource::ReadResult::kEnd) break;
      table_.AdvanceTime(FileTime());
      Publish(clock_.SteadyNanoseconds());
    }
  }
  while (!table_.AdvanceTime(FileTime())) {
  }
  return absl::OkStatus();
}

int64_t CaptureWorker::FileTime() const { return std::max(table_.now_ns(), batch_.time_ns); }

absl::StatusOr<PacketSource::ReadResult> CaptureWorker::ReadOne(Source* source) {
  batch_.clear();
  if (!options_.live) last_progress_ns_.store(kNoProgressDue, std::memory_order_relaxed);
  auto result = source->packets->Read(&batch_);
  if (!options_.live) last_progress_ns_.store(clock_.SteadyNanoseconds(), std::memory_order_relaxed);
  Translate(*source, /*count=*/true, &batch_);  // packets before an error count too
  if (!batch_.packets().empty()) packet_time_ns_ = batch_.packets().back().time_ns;
  if (handover_ != nullptr) handover_->HandOver(&batch_, [this](uint32_t place) { CountLost(place); });
  if (options_.sample && !options_.live) {
    ApplyBySeconds();
  } else {
    Apply();
  }
  return result;
}

void CaptureWorker::ApplyBySeconds() {
  absl::Span<const DecodedPacket> packets = batch_.packets();
  absl::Span<const ConnectionHint> hints = batch_.hints();
  while (!packets.empty()) {
    const int64_t second = packets.front().time_ns / kNanosecondsPerSecond;
    if (file_second_ != INT64_MIN && second > file_second_) {
      SampleBefore(file_second_ + 1);
      if (second > file_second_ + 1) SampleBefore(second);
    }
    file_second_ = second;
    size_t count = 1;
    while (count < packets.size() && packets[count].time_ns / kNanosecondsPerSecond == second) ++count;
    table_.Apply(packets.subspan(0, count), hints.empty() ? hints : hints.subspan(0, count));
    packets.remove_prefix(count);
    if (!hints.empty()) hints.remove_prefix(count);
  }
  memory_ahead_->Note(table_.record_limit());
}

WorkerSampler::Progress CaptureWorker::Sample(int64_t steady_ns) {
  if (!options_.sample) return WorkerSampler::Progress::kIdle;
  const WorkerSampler::Progress progress = sampler_.Step(steady_ns);
  if (progress == WorkerSampler::Progress::kPublished) published_.Notify();
  return progress;
}

void CaptureWorker::SampleBefore(int64_t second) {
  WaitForSampleTaken();
  sampler_.SampleBefore(second);
  published_.Notify();
}

void CaptureWorker::WaitForSampleTaken() {
  while (!options_.live && samples_.HasUntaken() && !stop_.stopped()) sample_taken_.Wait(stop_.fd(), -1);
}

// Reads the source unless packets of it wait. Hands over what belongs to other workers at once, because their owners
// wait for it no longer than the kernel's delay.
absl::StatusOr<PacketSource::ReadResult> CaptureWorker::ReadIntoMerger(Source* source) {
  if (merger_->HasPackets(source->number)) return PacketSource::ReadResult::kNone;
  PacketBatch* const batch = merger_->BeginRead(source->number);
  const auto result = source->packets->Read(batch);
  // What is handed over is not seen here again, so with other workers all packets are counted now.
  Translate(*source, /*count=*/handover_ != nullptr, batch);
  std::optional<int64_t> last_time_ns;
  if (!batch->packets().empty()) last_time_ns = batch->packets().back().time_ns;
  if (handover_ != nullptr) handover_->HandOver(batch, [this](uint32_t place) { CountLost(place); });
  merger_->EndRead(source->number, result.ok() ? *result : PacketSource::ReadResult::kNone, last_time_ns);
  return result;
}

// Replaces the interfaces and times that the source gives to packets: by places in interfaces_, and by capture time.
void CaptureWorker::Translate(const Source& source, bool count, PacketBatch* batch) {
  const bool has_many_interfaces = source.packets->has_many_interfaces();
  const auto name_of = [&source](uint32_t number) { return source.packets->InterfaceName(number); };
  for (DecodedPacket& packet : batch->packets()) {
    const size_t place = has_many_interfaces ? interfaces_.FindByIndex(packet.interface, name_of) : source.interface;
    packet.interface = static_cast<uint32_t>(place);
    if (options_.live) packet.time_ns = capture_clock_.OfPacket(packet.time_ns);
    if (count) Count(packet);
  }
}

void CaptureWorker::Count(const DecodedPacket& packet) {
  InterfaceView& interface = counters_.interfaces[packet.interface];
  const size_t protocol = static_cast<size_t>(packet.protocol);
  ++interface.packets[protocol];
  interface.wire_bytes[protocol] += packet.wire_length_bytes;
  if (packet.error != DecodeError::kNone) ++counters_.decode_errors[static_cast<size_t>(packet.error)];
}

void CaptureWorker::Apply() {
  table_.Apply(batch_.packets(), batch_.hints());
  memory_ahead_->Note(table_.record_limit());
}

void CaptureWorker::SetMergerTime() { merger_->SetTime(capture_clock_.now_ns(), clock_.SteadyNanoseconds()); }

// Applies the packets that can leave the merger. A worker without others counts them only now, so that a snapshot that
// begins while they wait neither counts nor shows them.
void CaptureWorker::ApplyMerged() {
  for (batch_.clear(); merger_->Take(&batch_); batch_.clear()) {
    if (handover_ == nullptr) {
      for (const DecodedPacket& packet : batch_.packets()) Count(packet);
    }
    Apply();
  }
}

// Takes at most what an inbox can hold, so that other workers cannot keep this one from its own sources. Returns
// whether more packets up to that time may be left.
bool CaptureWorker::ReceiveHandedOver(int64_t read_until_ns) {
  for (size_t i = 0; i < PacketInbox::kCapacity / PacketBatch::kCapacity; ++i) {
    batch_.clear();
    if (!handover_->Receive(read_until_ns, &batch_, [this](uint32_t place) { CountLost(place); })) return false;
    if (!batch_.packets().empty()) packet_time_ns_ = batch_.packets().back().time_ns;
    Apply();
  }
  return true;
}

void CaptureWorker::EndHandover() {
  const auto receive_all = [this] {
    while (ReceiveHandedOver(std::numeric_limits<int64_t>::max())) {
    }
  };
  for (const Handover::Stage stage :
       {Handover::Stage::kReadsNoMore, Handover::Stage::kCollectsNoMore, Handover::Stage::kHandsOverNoMore}) {
    handover_->Reach(stage);
    while (!handover_->AllReached(stage)) {
      receive_all();  // so that the inbox does not become full
      if (!handover_->PrepareToSleep().has_value() && !handover_->AllReached(stage)) {
        pollfd fd = {handover_->fd(), POLLIN, 0};
        poll(&fd, 1, kIdleWaitMs);
      }
      handover_->EndSleep();
    }
    receive_all();
  }
}

void CaptureWorker::CountLost(uint32_t place) {
  if (place >= lost_packets_.size()) lost_packets_.resize(place + 1);
  ++lost_packets_[place];
}

void CaptureWorker::ReadDropCounters() {
  for (Source& source : sources_) {
    const uint64_t before = std::exchange(source.kernel_drops, source.packets->DroppedPackets());
    counters_.interfaces[source.interface].dropped_packets += source.kernel_drops - before;
    if (links_.drop_warnings != nullptr) {
      links_.drop_warnings->Add(interfaces_.Name(source.interface), source.kernel_drops - before);
    }
  }
  if (handover_ != nullptr) counters_.overflows = handover_->overflows();
  for (size_t place = 0; place < lost_packets_.size(); ++place) {
    const uint64_t lost = std::exchange(lost_packets_[place], 0);
    counters_.interfaces[place].dropped_packets += lost;
    if (links_.handover_warnings != nullptr) links_.handover_warnings->Add(interfaces_.Name(place), lost);
  }
}

void CaptureWorker::CheckClock() {
  capture_clock_.Update();
  const int64_t step_ns = capture_clock_.stepped_ns() - counters_.clock_stepped_ns;
  if (step_ns == 0) return;
  counters_.clock_stepped_ns = capture_clock_.stepped_ns();
  if (!links_.logs_events) return;
  LogInfo("the wall clock was set; times of connections ignore the step",
          {{"step_seconds", absl::StrCat(static_cast<double>(step_ns) / kNanosecondsPerSecond)}});
}

void CaptureWorker::PollSources() {
  for (const Source& source : sources_) {
    // An interface that is up at the first poll is no news: log that at debug level.
    const bool first = !interfaces_.condition(source.interface).has_value();
    if (!interfaces_.SetCondition(source.interface, source.packets->Poll())) continue;
    LogCondition(source.interface, first ? LogLevel::kDebug : LogLevel::kInfo);
  }
}

void CaptureWorker::PollDiscoveredInterfaces(int64_t steady_ns) {
  // Interfaces of containers come and go all the time, so they are worth no more than a debug line.
  for (const size_t place : interfaces_.Poll(lookup_, steady_ns)) {
    if (!links_.logs_events) break;
    LogDebug(Describe(interfaces_.condition(place)->state), {{"interface", interfaces_.Name(place)}});
  }
  for (const size_t place : interfaces_.ForgetGone(steady_ns)) {
    if (handover_ != nullptr) handover_->Forget(place);
  }
}

bool CaptureWorker::SweepInterfaces(int64_t steady_ns) {
  if (sweep_ == Sweep::kIdle) {
    if (interfaces_.forgotten().empty() || steady_ns < next_sweep_ns_) return false;
    next_sweep_ns_ = steady_ns + sweep_interval_ns_;
    swept_.assign(interfaces_.forgotten().begin(), interfaces_.forgotten().end());
    surplus_.reset();
    for (const size_t place : interfaces_.SurplusPlaces()) surplus_.set(place);
    table_.BeginInterfaceSweep();
    sweep_ = Sweep::kUnderWay;
  }
  if (sweep_ == Sweep::kUnderWay) {
    const size_t other = surplus_.any() ? interfaces_.Other() : 0;
    if (!table_.ContinueInterfaceSweep(surplus_, other)) return true;
    sweep_ = Sweep::kComplete;
  }
  if (publisher_.in_pass()) return false;
  FreeSweptInterfaces();
  sweep_ = Sweep::kIdle;
  return false;
}

void CaptureWorker::FreeSweptInterfaces() {
  for (const size_t place : swept_) {
    if (table_.used_interfaces().test(place)) continue;
    if (place < lost_packets_.size()) {
      counters_.interfaces[place].dropped_packets += std::exchange(lost_packets_[place], 0);
    }
    AddDuplicateCounts(table_.TakeDuplicatePackets(place), &counters_.retired.duplicate_packets);
    AddEdgeCounters(table_.TakeInterfaceAccount(place), &counters_.retired.account);
    interfaces_.Free(place);
  }
}

void CaptureWorker::LogCondition(size_t interface, LogLevel level_when_up) const {
  if (!links_.logs_events) return;
  const SourceCondition& condition = *interfaces_.condition(interface);
  const LogLevel level = condition.state == SourceCondition::State::kUp ? level_when_up : LogLevel::kWarn;
  const std::string& name = interfaces_.Name(interface);
  if (condition.remark.empty()) {
    Log(level, Describe(condition.state), {{"interface", name}});
  } else {
    Log(level, Describe(condition.state), {{"interface", name}, {"remark", condition.remark}});
  }
}

void CaptureWorker::TakeLocalListeners() {
  if (std::unique_ptr<LocalListeners> listeners = listeners_.Take()) table_.SetLocalListeners(std::move(listeners));
}

void CaptureWorker::TakeIdentities() {
  const std::unique_ptr<std::shared_ptr<const IdentityMap>> map = identities_.Take();
  if (map == nullptr) return;
  // Table time does not follow steps of the wall clock.
  const int64_t sockets_read_ns = (*map)->sockets_read_ns - counters_.clock_stepped_ns;
  table_.SetIdentities(std::move(*map), sockets_read_ns);
}

WorkerPublisher::Progress CaptureWorker::Publish(int64_t steady_ns) {
  if (!options_.publish) return WorkerPublisher::Progress::kIdle;
  if (!publisher_.in_pass()) {
    if (const auto slots = slots_to_list_.Take()) publisher_.KeepListed(*slots);
  }
  const WorkerPublisher::Progress progress =
      publisher_.Step(steady_ns, wanted_since_ns_.load(std::memory_order_relaxed),
                      all_wanted_since_ns_.load(std::memory_order_relaxed));
  if (progress == WorkerPublisher::Progress::kPublished) published_.Notify();
  return progress;
}

void CaptureWorker::WaitForPackets() {
  int wait_ms = kIdleWaitMs;
  std::vector<pollfd> fds;
  fds.push_back({stop_.fd(), POLLIN, 0});
  fds.push_back({wanted_.fd(), POLLIN, 0});
  for (const Source& source : sources_) {
    // A source whose packets wait for those of another source is not read. Its ring may stay readable meanwhile.
    if (merger_ != nullptr && merger_->HasPackets(source.number)) continue;
    fds.push_back({source.packets->poll_fd(), POLLIN, 0});
  }
  if (merger_ != nullptr) {
    if (const std::optional<int64_t> wait_ns = merger_->WaitNs()) wait_ms = WaitMs(*wait_ns);
  }
  if (handover_ != nullptr) {
    fds.push_back({handover_->fd(), POLLIN, 0});
    if (const std::optional<int64_t> earliest_ns = handover_->PrepareToSleep()) {
      const int64_t left_ns = *earliest_ns + kKernelDelayNs - capture_clock_.now_ns();
      wait_ms = std::min(wait_ms, WaitMs(left_ns));
    }
  }
  poll(fds.data(), fds.size(), wait_ms);
  if (fds[1].revents != 0) wanted_.Clear();
  if (handover_ != nullptr) handover_->EndSleep();
}

void CaptureWorker::WantSnapshot(int64_t begun_since_ns, ListedRows listed_rows) {
  RaiseTo(begun_since_ns, listed_rows == ListedRows::kAll ? &all_wanted_since_ns_ : &wanted_since_ns_);
  wanted_.Notify();
}

void CaptureWorker::OnConnectionEnded(const EndedConnection& connection) {
  NamedEndedConnection named = {connection, interfaces_.Name(connection.summary.interface)};
  named.connection.summary.start_time_ns += counters_.clock_stepped_ns;
  named.connection.summary.last_packet_time_ns += counters_.clock_stepped_ns;
  links_.ended->Push(named);
}

}  // namespace tcpgauge
