// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/interface_merger.h"

#include <utility>

#include "src/base/utf8.h"

namespace tcpgauge {
namespace {

// The value of the label `interface` for all interfaces without series of their own.
constexpr char kOther[] = "other";

}  // namespace

std::vector<std::vector<uint32_t>> InterfaceMerger::Merge(const std::vector<const CaptureCounters*>& workers,
                                                          int64_t time_ns, Snapshot* snapshot) {
  workers_.resize(workers.size());
  for (Account& account : accounts_) {
    account.is_listed = account.is_live = false;
    account.view.open_connections = account.view.stalled_connections = 0;
  }
  std::vector<std::vector<uint32_t>> indexes;
  for (size_t i = 0; i < workers.size(); ++i) indexes.push_back(Credit(*workers[i], &workers_[i]));

  // Drop the accounts that no worker lists. The indexes move with them.
  std::vector<uint32_t> new_index(accounts_.size(), 0);
  size_t kept = 0;
  for (size_t i = 0; i < accounts_.size(); ++i) {
    Account& account = accounts_[i];
    if (account.is_open && !account.is_live) Close(&account);
    if (!account.is_listed) continue;
    new_index[i] = static_cast<uint32_t>(kept);
    if (kept != i) accounts_[kept] = std::move(account);
    ++kept;
  }
  if (kept != accounts_.size()) {
    accounts_.resize(kept);
    index_of_name_.clear();
    for (size_t i = 0; i < kept; ++i) {
      index_of_name_.emplace(ToValidUtf8(accounts_[i].view.name), static_cast<uint32_t>(i));
    }
  }
  for (std::vector<uint32_t>& of_worker : indexes) {
    for (uint32_t& index : of_worker) index = index < new_index.size() ? new_index[index] : 0;
  }
  for (const Account& account : accounts_) snapshot->interfaces.push_back(account.view);
  snapshot->retired_interfaces = retired_;
  snapshot->other_interfaces = other_;
  last_time_ns_ = time_ns;
  return indexes;
}

std::vector<uint32_t> InterfaceMerger::Credit(const CaptureCounters& counters, Worker* worker) {
  const size_t count = counters.interfaces.size();
  std::vector<uint32_t> indexes(count, 0);
  worker->interfaces.resize(count);
  InterfaceCounts forgotten = counters.retired;
  for (size_t i = 0; i < count; ++i) {
    const InterfaceView& interface = counters.interfaces[i];
    Counted& counted = worker->interfaces[i];
    const bool is_free = interface.name.empty();
    const bool is_live = !is_free && !interface.is_forgotten;
    if (counted.is_valid && (!is_live || counted.number != interface.number)) {
      // The worker forgot this interface. The account holds its last known counts.
      retired_.Subtract(counted.counts);
      counted = Counted();
    }
    if (is_free) continue;
    indexes[i] = AccountOf(interface.name);
    Account& account = accounts_[indexes[i]];
    account.is_listed = true;
    account.view.open_connections += interface.open_connections;
    account.view.stalled_connections += interface.stalled_connections;
    if (is_live) {
      CreditLive(interface, counted.counts, &account);
      counted = {true, interface.number, interface};
    } else {
      forgotten.Add(interface);
    }
  }
  retired_.Add(forgotten);
  retired_.Subtract(worker->forgotten);
  worker->forgotten = forgotten;
  return indexes;
}

void InterfaceMerger::CreditLive(const InterfaceView& interface, const InterfaceCounts& before, Account* account) {
  if (!account->is_open) Open(account);
  InterfaceView& view = account->view;
  view.Add(interface);
  view.Subtract(before);
  if (account->is_live) {
    view.MergeCondition(interface);
  } else {
    view.is_named = interface.is_named;
    view.up = interface.up;
  }
  account->is_live = true;
}

uint32_t InterfaceMerger::AccountOf(const std::string& name) {
  const auto [entry, is_new] = index_of_name_.try_emplace(ToValidUtf8(name), static_cast<uint32_t>(accounts_.size()));
  if (is_new) {
    Account& account = accounts_.emplace_back();
    account.view.name = name;
    account.view.is_forgotten = true;
    account.view.has_series = false;
  }
  return entry->second;
}

void InterfaceMerger::Open(Account* account) {
  account->is_open = true;
  account->view.is_forgotten = false;
  account->view.start_time_ns = last_time_ns_;
  account->view.has_series = series_ + 1 < max_series_ && account->view.name != kOther;
  if (account->view.has_series) ++series_;
}

void InterfaceMerger::Close(Account* account) {
  account->is_open = false;
  account->view.is_forgotten = true;
  account->view.up = false;
  InterfaceCounts& counts = account->view;
  (account->view.has_series ? retired_ : other_).Add(counts);
  counts = InterfaceCounts();
  if (account->view.has_series) --series_;
}

}  // namespace tcpgauge
