#include "tui/view_state.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

constexpr ViewContext kHundredRows = {100, 20};

ViewState After(ViewState state, std::string_view characters, const ViewContext& context = kHundredRows) {
  for (const char c : characters) state = ApplyKey(state, {Key::kCharacter, c}, context);
  return state;
}

ViewState After(ViewState state, std::initializer_list<Key> keys, const ViewContext& context = kHundredRows) {
  for (const Key key : keys) state = ApplyKey(state, {key, 0}, context);
  return state;
}

TEST(ViewState, SCyclesTheFourOrdersOfTcptrack) {
  ViewState state;
  EXPECT_EQ(state.sort, SortKey::kUnsorted);
  for (const SortKey next : {SortKey::kRate, SortKey::kBytes, SortKey::kIdle, SortKey::kUnsorted}) {
    state = After(state, "s");
    EXPECT_EQ(state.sort, next);
  }
}

TEST(ViewState, PPausesAndPAgainGoesOn) {
  EXPECT_TRUE(After({}, "p").paused);
  EXPECT_FALSE(After({}, "pp").paused);
}

TEST(ViewState, QQuits) { EXPECT_TRUE(After({}, "q").quit); }

TEST(ViewState, ArrowsScrollUntilTheLastRowIsTheOnlyOne) {
  ViewState state = After({}, {Key::kUp});
  EXPECT_EQ(state.offset, 0u);
  for (int i = 0; i < 150; ++i) state = After(state, {Key::kDown});
  EXPECT_EQ(state.offset, 99u);
  EXPECT_EQ(After(state, {Key::kUp}).offset, 98u);
}

TEST(ViewState, PagesStopAtTheLastFullOne) {
  EXPECT_EQ(After({}, {Key::kPageDown}).offset, 20u);
  EXPECT_EQ(After({}, {Key::kEnd}).offset, 80u);
  EXPECT_EQ(After({}, {Key::kEnd, Key::kPageDown}).offset, 80u);
  EXPECT_EQ(After({}, {Key::kEnd, Key::kPageUp}).offset, 60u);
  EXPECT_EQ(After({}, {Key::kPageDown, Key::kPageUp, Key::kPageUp}).offset, 0u);
  EXPECT_EQ(After({}, {Key::kEnd, Key::kHome}).offset, 0u);
}

TEST(ViewState, AnEmptyListDoesNotScroll) {
  EXPECT_EQ(After({}, {Key::kDown, Key::kEnd, Key::kPageDown}, {0, 20}).offset, 0u);
}

TEST(ViewState, OtherKeysChangeNothing) {
  const ViewState state = After(After({}, "~"), {Key::kOther, Key::kBackspace});
  EXPECT_EQ(state.sort, SortKey::kUnsorted);
  EXPECT_FALSE(state.paused);
  EXPECT_FALSE(state.quit);
}

}  // namespace
}  // namespace tcpgauge
