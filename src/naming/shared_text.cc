// SPDX-License-Identifier: Apache-2.0
#include "src/naming/shared_text.h"

#include <cstring>
#include <new>

namespace tcpgauge {

SharedText::SharedText(std::string_view text) {
  if (text.empty()) return;
  void* const memory = ::operator new(sizeof(Block) + text.size());
  block_ = new (memory) Block{{1}, static_cast<uint32_t>(text.size())};
  memcpy(static_cast<char*>(memory) + sizeof(Block), text.data(), text.size());
}

void SharedText::Free(const Block* block) {
  block->~Block();
  ::operator delete(const_cast<Block*>(block));
}

}  // namespace tcpgauge
