// SPDX-License-Identifier: Apache-2.0
// Puts frames on an interface, many with one system call, and says at the end how many the kernel took.
//
// usage: inject INTERFACE flood SECONDS PER_SECOND    SYNs from random addresses to random ports; 0 a second = as fast as
//                                                     may be
//        inject INTERFACE connections COUNT           the handshakes of so many connections, then a segment on each
//        inject INTERFACE segments COUNT PER_SECOND   segments with 100 bytes of payload on 64 connections
//
// Link addresses are nobody's, so the kernel at the other end takes no part. It stops early, in good order, on SIGTERM.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kBatch = 64, kHeader = 54, kPayload = 100, kFin = 1, kSyn = 2, kAck = 16 };

struct Sender {
  int fd;
  int pending;
  uint64_t sent;
  uint8_t frames[kBatch][kHeader + kPayload];
  struct iovec pieces[kBatch];
  struct mmsghdr messages[kBatch];
};

static volatile sig_atomic_t stopped;
static void OnStop(int number) {
  (void)number;
  stopped = 1;
}

static uint64_t Random(void) {
  static uint64_t state = 0x9e3779b97f4a7c15;
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1d;
}

static double Now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void Flush(struct Sender* sender) {
  int done = 0;
  while (done < sender->pending) {
    const int count = sendmmsg(sender->fd, sender->messages + done, (unsigned)(sender->pending - done), 0);
    if (count > 0) {
      done += count;
    } else if (errno != ENOBUFS && errno != EINTR && errno != EAGAIN) {
      perror("inject: sendmmsg");
      exit(1);
    }
  }
  sender->sent += (uint64_t)done;
  sender->pending = 0;
}

static void Put16(uint8_t* to, uint16_t value) {
  to[0] = (uint8_t)(value >> 8);
  to[1] = (uint8_t)value;
}
static void Put32(uint8_t* to, uint32_t value) {
  Put16(to, (uint16_t)(value >> 16));
  Put16(to + 2, (uint16_t)value);
}

struct Segment {
  uint32_t source, destination, sequence, acknowledgment;
  uint16_t source_port, destination_port;
  uint8_t flags;
  int payload;
};

static void Add(struct Sender* sender, const struct Segment* segment) {
  uint8_t* frame = sender->frames[sender->pending];
  memset(frame, 0, kHeader);
  memcpy(frame, "\x02\0\0\0\xff\xee\x02\0\0\0\xff\xef\x08\0\x45", 15);
  Put16(frame + 16, (uint16_t)(40 + segment->payload));
  frame[22] = 64;
  frame[23] = 6;
  Put32(frame + 26, segment->source);
  Put32(frame + 30, segment->destination);
  Put16(frame + 34, segment->source_port);
  Put16(frame + 36, segment->destination_port);
  Put32(frame + 38, segment->sequence);
  Put32(frame + 42, segment->acknowledgment);
  frame[46] = 5 << 4;
  frame[47] = segment->flags;
  Put16(frame + 48, 65000);
  sender->pieces[sender->pending].iov_len = (size_t)(kHeader + segment->payload);
  if (++sender->pending == kBatch) Flush(sender);
}

// Keeps to so many a second since `start`; 0 = no matter.
static void Pace(struct Sender* sender, double start, double per_second) {
  if (per_second <= 0 || sender->pending != 0) return;
  const double ahead = (double)sender->sent / per_second - (Now() - start);
  if (ahead > 0.001) usleep((useconds_t)(ahead * 1e6));
}

static void Flood(struct Sender* sender, double seconds, double per_second) {
  const double start = Now();
  while (!stopped && Now() - start < seconds) {
    for (int i = 0; i < kBatch; ++i) {
      const uint64_t dice = Random();
      const struct Segment syn = {.source = 0x0a000000 | (uint32_t)(dice & 0xffffff),
                                  .destination = 0xc6336401,
                                  .sequence = (uint32_t)(dice >> 32),
                                  .source_port = (uint16_t)(1024 + (dice >> 24) % 64000),
                                  .destination_port = (uint16_t)(1 + (dice >> 40) % 1000),
                                  .flags = kSyn};
      Add(sender, &syn);
    }
    Pace(sender, start, per_second);
  }
}

static void Connections(struct Sender* sender, uint32_t count) {
  for (uint32_t i = 0; i < count && !stopped; ++i) {
    struct Segment there = {.source = 0x0a000000 + i / 1000,
                            .destination = 0xc6336401,
                            .source_port = (uint16_t)(10000 + i % 1000),
                            .destination_port = 443,
                            .flags = kSyn};
    const struct Segment back = {.source = there.destination,
                                 .destination = there.source,
                                 .acknowledgment = 1,
                                 .source_port = there.destination_port,
                                 .destination_port = there.source_port,
                                 .flags = kSyn | kAck};
    Add(sender, &there);
    Add(sender, &back);
    there.flags = kAck;
    there.sequence = there.acknowledgment = 1;
    Add(sender, &there);
    there.payload = kPayload;
    Add(sender, &there);
  }
  Flush(sender);
}

static void Segments(struct Sender* sender, uint64_t count, double per_second) {
  const double start = Now();
  for (uint64_t i = 0; i < count && !stopped; ++i) {
    const struct Segment segment = {.source = 0x0a000000 + (uint32_t)(i % 64),
                                    .destination = 0xc6336401,
                                    .sequence = (uint32_t)(i / 64 * kPayload),
                                    .acknowledgment = 1,
                                    .source_port = 5000,
                                    .destination_port = 443,
                                    .flags = kAck,
                                    .payload = kPayload};
    Add(sender, &segment);
    Pace(sender, start, per_second);
  }
  Flush(sender);
}

int main(int argc, char** argv) {
  static struct Sender sender;
  if (argc < 4) {
    fprintf(stderr, "usage: inject INTERFACE flood|connections|segments NUMBER [PER_SECOND]\n");
    return 2;
  }
  signal(SIGTERM, OnStop);
  sender.fd = socket(AF_PACKET, SOCK_RAW, 0);  // takes nothing in
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1])};
  if (sender.fd < 0 || address.sll_ifindex == 0 || bind(sender.fd, (struct sockaddr*)&address, sizeof(address)) != 0) {
    perror("inject: socket");
    return 1;
  }
  for (int i = 0; i < kBatch; ++i) {
    sender.pieces[i].iov_base = sender.frames[i];
    sender.messages[i].msg_hdr.msg_iov = &sender.pieces[i];
    sender.messages[i].msg_hdr.msg_iovlen = 1;
  }
  const double per_second = argc > 4 ? atof(argv[4]) : 0;
  if (strcmp(argv[2], "flood") == 0) {
    Flood(&sender, atof(argv[3]), per_second);
  } else if (strcmp(argv[2], "connections") == 0) {
    Connections(&sender, (uint32_t)atol(argv[3]));
  } else {
    Segments(&sender, (uint64_t)atoll(argv[3]), per_second);
  }
  printf("%llu\n", (unsigned long long)sender.sent);
  return 0;
}
