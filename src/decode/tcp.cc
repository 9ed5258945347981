#include "src/decode/tcp.h"

namespace tcpgauge {
namespace {

constexpr uint8_t kEndOfOptions = 0;
constexpr uint8_t kNoOperation = 1;
constexpr uint8_t kTimestamps = 8;

struct OptionStart {
  uint8_t kind;
  uint8_t length;  // with these two bytes
};

struct TimestampsOption {
  OptionStart start;
  Be32 value;
  Be32 echo_reply;
};
static_assert(sizeof(TimestampsOption) == 10, "wire layout");

}  // namespace

void FindTimestamps(Cursor options, DecodedPacket* packet) {
  while (const auto* kind = options.Peek<uint8_t>()) {
    if (*kind == kEndOfOptions) return;
    if (*kind == kNoOperation) {
      options.Skip(1);
      continue;
    }
    const auto* start = options.Peek<OptionStart>();
    if (start == nullptr || start->length < sizeof(OptionStart)) return;
    const auto* timestamps = options.Peek<TimestampsOption>();
    if (start->kind == kTimestamps && start->length == sizeof(TimestampsOption) && timestamps != nullptr) {
      packet->has_timestamps = true;
      packet->timestamp_value = timestamps->value.ToHost();
      packet->timestamp_echo_reply = timestamps->echo_reply.ToHost();
      return;
    }
    if (!options.Skip(start->length)) return;
  }
}

}  // namespace tcpgauge
