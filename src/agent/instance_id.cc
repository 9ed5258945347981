// SPDX-License-Identifier: Apache-2.0
#include "src/agent/instance_id.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/base/small_file.h"
#include "src/base/strings.h"
#include "src/base/uuid.h"

namespace tcpgauge {
namespace {

// For service.instance.id, in OpenTelemetry's semantic conventions: 4d63009a-8d0f-11ee-aad7-4c796ed8e320.
constexpr Uuid kNameSpace = {0x4d, 0x63, 0x00, 0x9a, 0x8d, 0x0f, 0x11, 0xee,
                             0xaa, 0xd7, 0x4c, 0x79, 0x6e, 0xd8, 0xe3, 0x20};
constexpr size_t kMachineIdDigits = 32;

// The marks that container managers leave: systemd's interface for containers, Docker, Podman, Kubernetes.
bool IsInContainer(const InstanceVariables& variables, const std::string& root) {
  for (const char* variable : {"container", "KUBERNETES_SERVICE_HOST"}) {
    const char* const value = variables(variable);
    if (value != nullptr && *value != '\0') return true;
  }
  for (const char* mark : {"/.dockerenv", "/run/.containerenv", "/run/systemd/container"}) {
    if (access((root + mark).c_str(), F_OK) == 0) return true;
  }
  return false;
}

// Empty if the machine has none. It is "uninitialized" before the first boot.
std::string MachineId(const std::string& root) {
  const auto text = ReadSmallFile(root + "/etc/machine-id");
  if (!text.ok()) return "";
  const std::string id(Trim(*text));
  const bool is_id = id.size() == kMachineIdDigits && id.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_id ? id : "";
}

// A number for the network namespace of this process. Linux numbers namespaces in the order of their creation, so that
// of the host is always 1. Linux before 5.14 tells only the inode number, which depends on the kernel.
uint64_t NetworkNamespace() {
  uint64_t cookie = 0;
  socklen_t length = sizeof(cookie);
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool has_cookie = fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length) == 0;
  if (fd >= 0) close(fd);
  if (has_cookie) return cookie;
  struct stat status {};
  return stat("/proc/self/ns/net", &status) == 0 ? status.st_ino : 0;
}

}  // namespace

std::string InstanceId(std::vector<std::string> urls, const InstanceVariables& variables, const std::string& root) {
  const std::string machine = MachineId(root);
  if (urls.empty() || machine.empty() || IsInContainer(variables, root)) return RandomUuid();
  // An agent that is given TLS, or the same addresses in another order, is still the same.
  for (std::string& url : urls) url.erase(0, StartsWith(url, "https://") ? 8 : StartsWith(url, "http://") ? 7 : 0);
  std::sort(urls.begin(), urls.end());
  return NamedUuid(kNameSpace, absl::StrCat(machine, " ", NetworkNamespace(), " ", absl::StrJoin(urls, " ")));
}

}  // namespace tcpgauge
