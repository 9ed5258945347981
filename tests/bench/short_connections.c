// SPDX-License-Identifier: Apache-2.0
/* A load of short connections, for the live benchmark. usage: short_connections serve|load ADDRESS PORT [SECONDS]
 *
 * `serve` answers each connection's 100 bytes with 2,000 and closes it, until it is ended. `load` makes one connection
 * after the other for SECONDS and prints how many there were.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kRequestBytes = 100, kAnswerBytes = 2000 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int receive(int fd, int bytes) {
  char buffer[kAnswerBytes];
  while (bytes > 0) {
    ssize_t count = recv(fd, buffer, sizeof(buffer), 0);
    if (count <= 0) return -1;
    bytes -= (int)count;
  }
  return 0;
}

static int serve(const struct sockaddr_in *address) {
  static const char answer[kAnswerBytes];
  int on = 1;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(listener, (const struct sockaddr *)address, sizeof(*address)) != 0 || listen(listener, 1024) != 0) {
    perror("short_connections: listen");
    return 1;
  }
  puts("listening");
  fflush(stdout);
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) return 1;
    if (receive(fd, kRequestBytes) == 0) send(fd, answer, sizeof(answer), MSG_NOSIGNAL);
    close(fd);
  }
}

static int load(const struct sockaddr_in *address, double seconds) {
  static const char request[kRequestBytes];
  const double end = now() + seconds;
  long connections = 0;
  while (now() < end) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    /* Ports in TIME_WAIT run out within seconds: whoever closes with a reset leaves none. */
    struct linger none = {1, 0};
    if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
      perror("short_connections: connect");
      return 1;
    }
    send(fd, request, sizeof(request), MSG_NOSIGNAL);
    if (receive(fd, kAnswerBytes) == 0) ++connections;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    close(fd);
  }
  printf("%ld\n", connections);
  return 0;
}

int main(int argc, char **argv) {
  struct sockaddr_in address = {0};
  if (argc < 4 || inet_pton(AF_INET, argv[2], &address.sin_addr) != 1) {
    fprintf(stderr, "usage: short_connections serve|load ADDRESS PORT [SECONDS]\n");
    return 2;
  }
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)atoi(argv[3]));
  return strcmp(argv[1], "serve") == 0 ? serve(&address) : load(&address, argc > 4 ? atof(argv[4]) : 5);
}
