// SPDX-License-Identifier: Apache-2.0
#include "tui/name_resolver.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"

namespace tcpgauge {
namespace {

const IpAddress kHost = *IpAddress::Parse("192.0.2.1");

IpAddress HostNumber(size_t i) {
  return IpAddress::FromV4({10, static_cast<uint8_t>(i >> 16), static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)});
}

// Waits until `generation` is reached, polling like the view does at each refresh.
void WaitFor(const NameResolver& resolver, uint64_t generation) {
  while (resolver.generation() < generation) std::this_thread::yield();
}

std::string NoService(uint16_t) { return ""; }

TEST(NameResolver, AnswersOnceTheNameIsKnown) {
  NameResolver resolver({[](const IpAddress& address) { return "host-of-" + address.ToString(); },
                         [](uint16_t port) { return port == 443 ? "https" : ""; }});
  EXPECT_EQ(resolver.KnownHostName(kHost), "");
  EXPECT_EQ(resolver.generation(), 0u) << "nobody asked for it";
  resolver.HostName(kHost);
  resolver.ServiceName(443);
  WaitFor(resolver, 2);
  EXPECT_EQ(resolver.HostName(kHost), "host-of-192.0.2.1");
  EXPECT_EQ(resolver.KnownHostName(kHost), "host-of-192.0.2.1");
  EXPECT_EQ(resolver.ServiceName(443), "https");
}

TEST(NameResolver, NeitherTheViewNorItsEndWaitsForALookup) {
  struct Lookup {
    absl::Notification started, may_end, ended;
  };
  const auto lookup = std::make_shared<Lookup>();
  {
    NameResolver resolver({[lookup](const IpAddress&) {
                             lookup->started.Notify();
                             lookup->may_end.WaitForNotification();
                             lookup->ended.Notify();
                             return std::string("late");
                           },
                           NoService});
    EXPECT_EQ(resolver.HostName(kHost), "");
    lookup->started.WaitForNotification();
    EXPECT_EQ(resolver.HostName(kHost), "");
  }
  lookup->may_end.Notify();
  lookup->ended.WaitForNotification();  // the thread outlived the resolver
}

TEST(NameResolver, NamesCannotHoldEscapeSequences) {
  NameResolver resolver({[](const IpAddress&) { return std::string("evil\x1b]0;title\x07\r\n.example"); }, NoService});
  resolver.HostName(kHost);
  WaitFor(resolver, 1);
  EXPECT_EQ(resolver.HostName(kHost), "evil?]0;title???.example");
}

TEST(NameResolver, EachAddressIsLookedUpOnce) {
  auto lookups = std::make_shared<std::atomic<int>>(0);
  NameResolver resolver({[lookups](const IpAddress& address) {
                           ++*lookups;
                           return address == kHost ? std::string() : std::string("other");
                         },
                         NoService});
  for (int i = 0; i < 10; ++i) resolver.HostName(kHost);
  resolver.HostName(HostNumber(1));
  WaitFor(resolver, 1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(resolver.HostName(kHost), "") << "no name is an answer, too";
  EXPECT_LE(*lookups, 2);
}

TEST(NameResolver, WhatItRemembersIsBounded) {
  NameResolver resolver({[](const IpAddress& address) { return address.ToString(); }, NoService});
  const size_t count = NameResolver::kMaxHosts + 10;
  for (size_t i = 0; i < count; ++i) {
    resolver.HostName(HostNumber(i));
    if (i % NameResolver::kMaxWaiting == NameResolver::kMaxWaiting - 1 || i == count - 1) WaitFor(resolver, i + 1);
  }
  EXPECT_EQ(resolver.KnownHostName(HostNumber(9)), "") << "the oldest is forgotten";
  EXPECT_EQ(resolver.KnownHostName(HostNumber(10)), HostNumber(10).ToString());
  EXPECT_EQ(resolver.KnownHostName(HostNumber(count - 1)), HostNumber(count - 1).ToString());
}

TEST(NameResolver, QuestionsBeyondTheQueueAreAskedAgainLater) {
  auto hang = std::make_shared<absl::Notification>();
  NameResolver resolver({[hang](const IpAddress& address) {
                           hang->WaitForNotification();
                           return address.ToString();
                         },
                         NoService});
  const size_t count = 2 * NameResolver::kMaxWaiting;
  for (size_t i = 0; i < count; ++i) resolver.HostName(HostNumber(i));
  hang->Notify();
  while (resolver.HostName(HostNumber(count - 1)).empty()) std::this_thread::yield();
}

TEST(NameResolver, TheSystemKnowsItsOwnServices) {
  NameResolver resolver;
  resolver.ServiceName(22);
  resolver.HostName(*IpAddress::Parse("127.0.0.1"));
  resolver.HostName(*IpAddress::Parse("::1"));
  WaitFor(resolver, 1);  // every machine has a name for at least one of them
}

}  // namespace
}  // namespace tcpgauge
