// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_STANDARD_DESCRIPTORS_H_
#define TCPGAUGE_SRC_BASE_STANDARD_DESCRIPTORS_H_

namespace tcpgauge {

// Opens /dev/null on each of the descriptors 0, 1 and 2 that is closed: 0 for reading, 1 and 2 for writing. Descriptors
// that are open stay as they are.
//
// Whoever starts the agent may have closed these descriptors. The kernel gives out the lowest free number. So a capture
// socket, a listener or a log file would become standard output or standard error, and messages would be written to it.
//
// Thread: the only thread of the process. Call it before any other descriptor is opened.
// Errors: returns false, and errno says why, when /dev/null cannot be opened.
bool OpenStandardDescriptors();

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_STANDARD_DESCRIPTORS_H_
