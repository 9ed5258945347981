// SPDX-License-Identifier: Apache-2.0
#include "src/identity/process_source.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "src/naming/identity_pool.h"
#include "tests/identity/fake_folder.h"

namespace tcpgauge {
namespace {

const std::string kId(64, 'a');
const std::string kOtherId(64, 'b');

std::string FibTrie(const std::string& address) { return "Main:\n  |-- " + address + "\n     /32 host LOCAL\n"; }

class ProcessSourceTest : public testing::Test {
 protected:
  // /proc with systemd as process 1, which shares the network namespace of the reader.
  ProcessSourceTest() : source_(folder_.path()) {
    folder_.Write("self/net/fib_trie", FibTrie("192.0.2.1"));
    AddToHost(1, "/init.scope", "systemd");
  }
  // Writes all fields of /proc/PID/stat up to the start time.
  void WriteStat(int process, const std::string& comm, int start_time) {
    const std::string name = std::to_string(process);
    folder_.Write(name + "/stat", name + " (" + comm + ") S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 " +
                                      std::to_string(start_time) + " 9 10\n");
  }
  // A process in a network namespace of its own. It started before those with higher numbers.
  void Add(int process, const std::string& group, const std::string& comm, const std::string& address) {
    const std::string name = std::to_string(process);
    folder_.Write(name + "/cgroup", "0::" + group + "\n");
    folder_.Write(name + "/comm", comm + "\n");
    WriteStat(process, comm, process);
    folder_.Write(name + "/net/fib_trie", FibTrie(address));
    folder_.Write(name + "/net/if_inet6",
                  "fd00004200000000000000000000000" + std::to_string(process % 10) + " 02 40 00 80     eth0\n");
  }
  // A process in the network namespace of another one.
  void AddBeside(const std::string& other, int process, const std::string& group, const std::string& comm) {
    const std::string name = std::to_string(process);
    folder_.Write(name + "/cgroup", "0::" + group + "\n");
    folder_.Write(name + "/comm", comm + "\n");
    WriteStat(process, comm, process);
    folder_.Link(other + "/net/fib_trie", name + "/net/fib_trie");
  }
  void AddToHost(int process, const std::string& group, const std::string& comm) {
    AddBeside("self", process, group, comm);
  }
  std::shared_ptr<IdentityMap> Round() {
    IdentityDraft draft(100, &pool_);
    source_.AddTo(&draft);
    overflows_ = draft.overflows();
    return draft.Finish(&recent_, now_ns_ += 5000000000);
  }
  static std::string Workload(const IdentityMap& map, const std::string& address) {
    const IdentityRef found = map.Find({*IpAddress::Parse(address), 80});
    return found == nullptr ? "" : std::string(found->identity.workload);
  }

  FakeFolder folder_;
  ProcessSource source_;
  IdentityPool pool_;
  IdentityDraft::Recent recent_;
  int64_t now_ns_ = 0;
  uint64_t overflows_ = 0;
};

TEST_F(ProcessSourceTest, TellsTheAddressesOfAContainer) {
  Add(103, "/docker/" + kId, "nginx", "172.17.0.2");
  const auto map = Round();
  EXPECT_EQ(Workload(*map, "172.17.0.2"), "aaaaaaaaaaaa");
  EXPECT_EQ(Workload(*map, "fd00:42::3"), "aaaaaaaaaaaa");
  EXPECT_TRUE(map->IsLocal(*IpAddress::Parse("172.17.0.2")));
  EXPECT_TRUE(source_.is_up());
}

TEST_F(ProcessSourceTest, TellsNoAddressOfAProcessInTheOwnNamespace) {
  AddToHost(103, "/docker/" + kId, "nginx");
  AddToHost(104, "/system.slice/ssh.service", "sshd");
  const auto map = Round();
  EXPECT_TRUE(map->addresses.empty());
  EXPECT_TRUE(map->local_addresses.empty());
}

TEST_F(ProcessSourceTest, TheContainersOfAPodShareItsAddress) {
  Add(103, "/kubepods/pod1-2/" + kId, "pause", "10.42.0.7");
  AddBeside("103", 104, "/kubepods/pod1-2/" + kOtherId, "nginx");
  IdentityDraft draft(100, &pool_);
  source_.AddTo(&draft);
  EndIdentity log;
  log.namespace_name = "shop";
  log.pod = "web-0";
  log.workload = "web";
  draft.AddContainer(kOtherId, log);
  EXPECT_EQ(Workload(*draft.Finish(&recent_, 0), "10.42.0.7"), "web");
}

TEST_F(ProcessSourceTest, AnAddressOfTwoContainersIsUnknown) {
  Add(103, "/docker/" + kId, "nginx", "172.17.0.2");
  AddBeside("103", 104, "/docker/" + kOtherId, "sidecar");
  const auto map = Round();
  EXPECT_EQ(Workload(*map, "172.17.0.2"), "");
  EXPECT_TRUE(map->IsLocal(*IpAddress::Parse("172.17.0.2")));
}

TEST_F(ProcessSourceTest, AnAddressGetsItsNewOwnerInTheNextRound) {
  Add(103, "/docker/" + kId, "nginx", "172.17.0.2");
  EXPECT_EQ(Workload(*Round(), "172.17.0.2"), "aaaaaaaaaaaa");
  folder_.Remove("103");
  Add(203, "/docker/" + kOtherId, "nginx", "172.17.0.2");
  EXPECT_EQ(Workload(*Round(), "172.17.0.2"), "bbbbbbbbbbbb");
}

TEST_F(ProcessSourceTest, AUnitWithANamespaceOfItsOwnHasItsAddress) {
  Add(103, "/system.slice/vpn.service", "openvpn", "10.8.0.1");
  EXPECT_EQ(Workload(*Round(), "10.8.0.1"), "vpn.service");
}

TEST_F(ProcessSourceTest, TellsTheNameOfAProcessThatIsAloneInItsGroup) {
  Add(103, "/docker/" + kId, "nginx", "172.17.0.2");
  EXPECT_EQ(Round()->Find({*IpAddress::Parse("172.17.0.2"), 80})->identity.comm, "nginx");
}

TEST_F(ProcessSourceTest, TellsAnyNameThatAProcessGaveItself) {
  Add(103, "/docker/" + kId, " x\"y\n {\n", "172.17.0.2");
  EXPECT_EQ(Round()->Find({*IpAddress::Parse("172.17.0.2"), 80})->identity.comm, " x\"y\n {\n");
}

TEST_F(ProcessSourceTest, TellsNoNameOfSeveralProcesses) {
  Add(103, "/docker/" + kId, "nginx", "172.17.0.2");
  AddBeside("103", 104, "/docker/" + kId, "worker");
  EXPECT_EQ(Round()->Find({*IpAddress::Parse("172.17.0.2"), 80})->identity.comm, "");
}

TEST_F(ProcessSourceTest, AsksAnotherProcessWhenTheFirstHasEnded) {
  Add(103, "/docker/" + kId, "nginx", "172.17.0.2");
  AddBeside("103", 104, "/docker/" + kId, "worker");
  folder_.Remove("103/net");
  folder_.Write("104/net/if_inet6", "");
  EXPECT_EQ(Workload(*Round(), "172.17.0.2"), "aaaaaaaaaaaa");
}

TEST_F(ProcessSourceTest, OnlyTheNamespaceOfTheOldestProcessCounts) {
  const int processes[] = {103, 204, 305};
  for (const std::string& group : {"/docker/" + kId, std::string("/system.slice/vpn.service"),
                                   std::string("/user.slice/user-1000.slice/user@1000.service/app.slice/sh.scope"),
                                   std::string("/lxc.payload.web"), "/kubepods/pod1-2/" + kId}) {
    // Process numbers are used again, so any of them may be the oldest one's.
    for (const int oldest : processes) {
      for (const int process : processes) {
        Add(process, group, "nginx", "10.0.0." + std::to_string(process % 100));
        if (process == oldest) WriteStat(process, "nginx", 50);
      }
      const auto map = Round();
      for (const int process : processes) {
        const std::string number = std::to_string(process % 100);
        EXPECT_EQ(map->IsLocal(*IpAddress::Parse("10.0.0." + number)), process == oldest) << group << " " << number;
        EXPECT_EQ(map->IsLocal(*IpAddress::Parse("fd00:42::" + number)), process == oldest) << group << " " << number;
      }
    }
  }
}

TEST_F(ProcessSourceTest, NoNamespaceCountsIfTheOldestProcessIsInTheOwnOne) {
  AddToHost(103, "/system.slice/ssh.service", "sshd");
  Add(204, "/system.slice/ssh.service", "unshare", "203.0.113.9");
  AddToHost(105, "/kubepods/pod1-2/" + kId, "pause");
  Add(206, "/kubepods/pod1-2/" + kOtherId, "unshare", "203.0.113.10");
  EXPECT_TRUE(Round()->local_addresses.empty());
}

TEST_F(ProcessSourceTest, OnlyTheNamespaceOfThePodsFirstContainerCounts) {
  Add(103, "/kubepods/pod1-2/" + kId, "pause", "10.42.0.7");
  AddBeside("103", 204, "/kubepods/pod1-2/" + kOtherId, "nginx");
  Add(305, "/kubepods/pod1-2/" + std::string(64, 'c'), "unshare", "203.0.113.9");
  const auto map = Round();
  EXPECT_TRUE(map->IsLocal(*IpAddress::Parse("10.42.0.7")));
  EXPECT_FALSE(map->IsLocal(*IpAddress::Parse("203.0.113.9")));
}

TEST_F(ProcessSourceTest, TheMonitorOfAContainerDoesNotHideThePodsNamespace) {
  AddToHost(102, "/kubepods/pod1-2/crio-conmon-" + kId, "conmon");
  Add(103, "/kubepods/pod1-2/crio-" + kId, "pause", "10.42.0.7");
  EXPECT_TRUE(Round()->IsLocal(*IpAddress::Parse("10.42.0.7")));
}

TEST_F(ProcessSourceTest, TheNameOfAProcessDoesNotChangeItsAge) {
  for (const char* const comm : {"a) S 1 1", ") ) )", "x) S 1 1 1 0 -1 0 1 2 3", "new\nline) 1"}) {
    Add(103, "/docker/" + kId, "nginx", "172.17.0.2");
    Add(204, "/docker/" + kId, comm, "203.0.113.9");
    const auto map = Round();
    EXPECT_EQ(Workload(*map, "172.17.0.2"), "aaaaaaaaaaaa") << comm;
    EXPECT_FALSE(map->IsLocal(*IpAddress::Parse("203.0.113.9"))) << comm;
  }
}

TEST_F(ProcessSourceTest, TheFirstSixteenAddressesOfANamespaceCount) {
  Add(103, "/docker/" + kId, "nginx", "172.17.0.2");
  folder_.Remove("103/net/if_inet6");
  std::string trie;
  for (int i = 1; i <= 16; ++i) trie += FibTrie("172.17.0." + std::to_string(i));
  folder_.Write("103/net/fib_trie", trie + trie);
  EXPECT_EQ(Round()->local_addresses.size(), 16u);
  EXPECT_EQ(overflows_, 0u) << "the kernel lists an address several times";
  folder_.Write("103/net/fib_trie", trie + FibTrie("203.0.113.9") + FibTrie("203.0.113.10"));
  const auto map = Round();
  EXPECT_EQ(map->local_addresses.size(), 16u);
  EXPECT_FALSE(map->IsLocal(*IpAddress::Parse("203.0.113.9")));
  EXPECT_EQ(overflows_, 1u);
}

TEST_F(ProcessSourceTest, IsDownWhereProcessesAreHidden) {
  folder_.Remove("1");
  Add(103, "/docker/" + kId, "nginx", "172.17.0.2");
  Round();
  EXPECT_FALSE(source_.is_up());
  ProcessSource absent(folder_.path() + "/absent");
  IdentityDraft draft(100, &pool_);
  absent.AddTo(&draft);
  EXPECT_FALSE(absent.is_up());
}

TEST_F(ProcessSourceTest, TellsNoAddressesIfItDoesNotKnowItsOwnNamespace) {
  AddToHost(103, "/docker/" + kId, "nginx");
  folder_.Remove("self");
  EXPECT_TRUE(Round()->addresses.empty()) << "they could be those of the host";
  EXPECT_FALSE(source_.is_up());
}

}  // namespace
}  // namespace tcpgauge
