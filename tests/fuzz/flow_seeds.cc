// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/flow_seeds.h"

namespace tcpgauge {
namespace {

// Writes instructions for flow_fuzz.cc.
class Script {
 public:
  explicit Script(uint8_t shape = 15) { bytes_.push_back(shape); }

  // One segment of conversation 0 to 3. Flags: F 1, S 2, R 4, A 16; 0x20 is a window of zero.
  Script& Client(uint8_t flags, std::vector<uint8_t> variant = {0}, int which = 0) {
    return Put(0, flags, variant, which);
  }
  Script& Server(uint8_t flags, std::vector<uint8_t> variant = {0}, int which = 0) {
    return Put(4, flags, variant, which);
  }
  Script& Wait(uint8_t exponent, bool back = false) {
    bytes_.push_back(exponent);
    bytes_.push_back(back);
    return *this;
  }
  Script& Advance() {
    bytes_.push_back(1 << 5);
    return *this;
  }
  Script& Interface(uint8_t number) {
    bytes_.push_back(2 << 5);
    bytes_.push_back(number);
    return *this;
  }
  Script& Listeners() {
    bytes_.push_back(2 << 5 | 7);
    return *this;
  }
  Script& Handshake(int which = 0) { return Client(2, {0}, which).Server(18, {0}, which).Client(16, {0}, which); }

  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  Script& Put(uint8_t sender, uint8_t flags, const std::vector<uint8_t>& variant, int which) {
    bytes_.push_back(static_cast<uint8_t>(4 << 5 | sender | which | 8));
    bytes_.push_back(flags);
    bytes_.insert(bytes_.end(), variant.begin(), variant.end());
    return *this;
  }

  std::vector<uint8_t> bytes_;
};

const std::vector<uint8_t> kData = {1, 100};
const std::vector<uint8_t> kTimedData = {65, 100};
const std::vector<uint8_t> kAgain = {3, 100, 0x9c};  // the sequence number is a hundred bytes too low
const std::vector<uint8_t> kAhead = {3, 100, 100};   // the sequence number is a hundred bytes too high
const std::vector<uint8_t> kAnotherNumber = {8, 9, 9, 9, 9};

}  // namespace

std::vector<std::vector<uint8_t>> FlowSeeds() {
  const Script scripts[] = {
      Script()
          .Handshake()
          .Client(16, kData)
          .Wait(10)
          .Server(16, kData)
          .Client(17)
          .Server(17)
          .Client(16)
          .Wait(20)
          .Advance(),
      Script().Handshake().Client(16, kTimedData).Wait(10).Server(16, kTimedData).Client(16, kAgain).Client(16, kAhead),
      Script().Handshake().Client(4).Client(2).Server(20).Client(2),
      Script().Client(2).Server(20).Wait(15).Client(2, {2, 0xff}).Server(18).Wait(22).Advance(),
      Script().Client(2).Server(2).Client(18, {2, 0xff}).Server(18, {2, 0xff}).Client(16, kData),
      Script().Client(2, kData).Server(18).Client(16, kData),
      Script().Handshake().Client(2, kAnotherNumber).Server(16).Client(2, kAnotherNumber).Server(18, kAnotherNumber),
      Script().Client(16, kData, 2).Client(16, kData, 2).Client(16, kData, 2).Listeners().Server(16, kData, 2),
      Script(0x10).Server(18).Handshake().Client(16, kData),
      Script().Handshake().Client(16, {33, 100, 1}).Client(16, {33, 100, 9}).Client(16, {33, 100, 10}),
      Script().Client(2, {16, 1}).Client(2, {16, 2}).Client(2, {16, 5}).Client(2, {16, 9}).Server(18, {16, 1}),
      Script(2).Client(2, {0}, 0).Client(2, {0}, 1).Client(2, {0}, 2).Handshake(3).Handshake(1).Handshake(0).Client(
          2, {0}, 2),
      Script().Handshake().Interface(1).Client(16, kData).Wait(18).Client(16, kData).Interface(255).Client(16, kData),
      Script()
          .Handshake()
          .Wait(20, true)
          .Client(16, kData)
          .Wait(31)
          .Advance()
          .Client(16, kData)
          .Wait(31, true)
          .Advance(),
      Script(0xc5)
          .Handshake()
          .Client(0x30)
          .Server(16, kAhead)
          .Server(16, kAhead)
          .Server(16, kAhead)
          .Server(16, kAhead)
          .Server(16, kAhead)
          .Server(16, {0x83, 1, 0, 0x7f})
          .Server(16, {0x83, 1, 0, 0x7f})
          .Wait(24)
          .Advance(),
      Script(0x3f).Handshake(3).Client(16, kData, 3).Client(1, {0}, 3),
  };
  std::vector<std::vector<uint8_t>> seeds;
  for (const Script& script : scripts) seeds.push_back(script.bytes());
  return seeds;
}

}  // namespace tcpgauge
