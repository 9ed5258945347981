// SPDX-License-Identifier: Apache-2.0
/* The baseline: the least that a program can do with a capture by libpcap. usage: count_packets FILE */

#include <pcap/pcap.h>
#include <stdio.h>

static void count(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes) {
  unsigned long long *totals = (unsigned long long *)user;
  (void)bytes;
  totals[0] += 1;
  totals[1] += header->len;
}

int main(int argc, char **argv) {
  char error[PCAP_ERRBUF_SIZE] = "";
  unsigned long long totals[2] = {0, 0};
  pcap_t *handle = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
  if (handle == NULL) {
    fprintf(stderr, "usage: count_packets FILE %s\n", error);
    return 2;
  }
  pcap_loop(handle, -1, count, (u_char *)totals);
  printf("%llu packets, %llu bytes\n", totals[0], totals[1]);
  pcap_close(handle);
  return 0;
}
