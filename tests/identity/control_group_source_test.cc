// SPDX-License-Identifier: Apache-2.0
#include "src/identity/control_group_source.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "src/naming/identity_pool.h"
#include "tests/identity/fake_folder.h"

namespace tcpgauge {
namespace {

const std::string kId(64, 'a');

// Returns the workload that `source` gives to a socket of the control group `id`; empty if it is unknown.
std::string WorkloadOf(uint64_t id, ControlGroupSource* source) {
  const Endpoint endpoint = {*IpAddress::Parse("192.0.2.1"), 40000};
  IdentityPool pool;
  IdentityDraft draft(10, &pool);
  draft.AddSharedAddress(endpoint.address);
  draft.AddSocket(endpoint, id, 1);
  source->AddTo(&draft);
  IdentityDraft::Recent recent;
  const IdentityRef found = draft.Finish(&recent, 0)->Find(endpoint);
  return found == nullptr ? "" : std::string(found->identity.workload);
}

TEST(ControlGroupSource, KnowsTheGroupsBelowItsFolder) {
  FakeFolder folder;
  folder.Write("cgroup.procs", "");
  folder.Write("system.slice/nginx.service/cgroup.procs", "");
  folder.Write("system.slice/nginx.service/worker/cgroup.procs", "");
  folder.Write("docker/" + kId + "/cgroup.procs", "");
  ControlGroupSource source(folder.path());
  EXPECT_EQ(WorkloadOf(folder.InodeOf("system.slice/nginx.service"), &source), "nginx.service");
  EXPECT_EQ(WorkloadOf(folder.InodeOf("system.slice/nginx.service/worker"), &source), "nginx.service");
  EXPECT_EQ(WorkloadOf(folder.InodeOf("docker/" + kId), &source), "aaaaaaaaaaaa");
  EXPECT_EQ(WorkloadOf(folder.InodeOf("system.slice"), &source), "");
  EXPECT_EQ(WorkloadOf(folder.InodeOf("system.slice/nginx.service/cgroup.procs"), &source), "") << "no folder";
  EXPECT_TRUE(source.is_up());
}

TEST(ControlGroupSource, PrefersTheUnifiedHierarchyBesideThoseOfCgroup1) {
  FakeFolder folder;
  folder.Write("unified/cgroup.procs", "");
  folder.Write("unified/system.slice/nginx.service/cgroup.procs", "");
  folder.Write("systemd/system.slice/nginx.service/cgroup.procs", "");
  ControlGroupSource source(folder.path());
  EXPECT_EQ(WorkloadOf(folder.InodeOf("unified/system.slice/nginx.service"), &source), "nginx.service");
  EXPECT_EQ(WorkloadOf(folder.InodeOf("systemd/system.slice/nginx.service"), &source), "");
}

TEST(ControlGroupSource, FindsAGroupThatIsNew) {
  FakeFolder folder;
  folder.Write("cgroup.procs", "");
  folder.Write("system.slice/a.service/cgroup.procs", "");
  ControlGroupSource source(folder.path());
  EXPECT_EQ(WorkloadOf(folder.InodeOf("system.slice/a.service"), &source), "a.service");
  folder.Write("system.slice/b.service/cgroup.procs", "");
  EXPECT_EQ(WorkloadOf(folder.InodeOf("system.slice/b.service"), &source), "b.service");
}

TEST(ControlGroupSource, DoesNotWalkAgainForGroupsThatItKnows) {
  FakeFolder folder;
  folder.Write("cgroup.procs", "");
  folder.Write("system.slice/a.service/cgroup.procs", "");
  const uint64_t id = folder.InodeOf("system.slice/a.service");
  const uint64_t deleted = id + 1000000;
  ControlGroupSource source(folder.path());
  EXPECT_EQ(WorkloadOf(id, &source), "a.service");
  EXPECT_EQ(WorkloadOf(deleted, &source), "");
  folder.Remove("system.slice");
  EXPECT_EQ(WorkloadOf(deleted, &source), "") << "known to be unknown";
  EXPECT_EQ(WorkloadOf(id, &source), "a.service") << "a walk would have lost it";
  EXPECT_EQ(WorkloadOf(deleted + 1, &source), "");
  EXPECT_EQ(WorkloadOf(id, &source), "") << "that walk has lost it";
}

TEST(ControlGroupSource, IsDownWithoutCgroup2) {
  FakeFolder folder;
  folder.Write("memory/cgroup.procs", "");
  ControlGroupSource source(folder.path());
  EXPECT_EQ(WorkloadOf(7, &source), "");
  EXPECT_FALSE(source.is_up());
  ControlGroupSource absent(folder.path() + "/absent");
  EXPECT_EQ(WorkloadOf(7, &absent), "");
  EXPECT_FALSE(absent.is_up());
  folder.Write("cgroup.procs", "");
  folder.Write("system.slice/a.service/cgroup.procs", "");
  EXPECT_EQ(WorkloadOf(folder.InodeOf("system.slice/a.service"), &source), "a.service") << "mounted later";
  EXPECT_TRUE(source.is_up());
}

TEST(ControlGroupSource, IsMissedOnlyAfterItWasThere) {
  FakeFolder folder;
  folder.Write("memory/cgroup.procs", "");
  ControlGroupSource source(folder.path());
  EXPECT_EQ(WorkloadOf(7, &source), "");
  EXPECT_FALSE(source.is_missed()) << "this host has cgroup1 alone";
  folder.Write("unified/cgroup.procs", "");
  EXPECT_EQ(WorkloadOf(7, &source), "");
  EXPECT_TRUE(source.is_missed());
}

TEST(ControlGroupSource, EndsInAFolderThatIsTooDeep) {
  FakeFolder folder;
  std::string deep = "system.slice";
  for (int i = 1; i < ControlGroupSource::kMaxDepth; ++i) deep += "/d";
  folder.Write("cgroup.procs", "");
  folder.Write(deep + "/a.service/cgroup.procs", "");
  ControlGroupSource source(folder.path());
  IdentityPool pool;
  IdentityDraft draft(10, &pool);
  draft.AddSocket({*IpAddress::Parse("192.0.2.1"), 40000}, 7, 1);
  source.AddTo(&draft);
  EXPECT_EQ(draft.overflows(), 1u);
}

}  // namespace
}  // namespace tcpgauge
