# SPDX-License-Identifier: Apache-2.0
"""A program that makes TCP sockets for a test (see Workload in workloads.py).

usage: socket_maker.py CHANNEL [NAME]

Reads address families from the descriptor CHANNEL, and answers each with a new socket. Calls itself NAME. Ends when the
test closes its end of the channel.
"""
import socket
import sys


def main():
    channel = socket.socket(fileno=int(sys.argv[1]))
    if len(sys.argv) > 2:
        with open("/proc/self/comm", "w") as file:
            file.write(sys.argv[2])
    channel.send(b"ready")
    while family := channel.recv(16):
        with socket.socket(int(family), socket.SOCK_STREAM) as made:
            socket.send_fds(channel, [b"made"], [made.fileno()])


main()
