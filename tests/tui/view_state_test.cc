// SPDX-License-Identifier: Apache-2.0
#include "tui/view_state.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

// A list in which row i shows connection i + 1.
uint64_t IdAt(size_t position) { return position + 1; }
const ViewContext kHundredRows = {100, 20, IdAt};

ViewState Press(const ViewState& state, Key key, const ViewContext& context = kHundredRows) {
  return ApplyKey(state, {key, 0}, context);
}

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
  EXPECT_EQ(state.sort, ConnectionSort::kStart);
  for (const ConnectionSort next :
       {ConnectionSort::kRate, ConnectionSort::kBytes, ConnectionSort::kIdle, ConnectionSort::kStart}) {
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
  EXPECT_EQ(After({}, {Key::kDown, Key::kEnd, Key::kPageDown}, {0, 20, IdAt}).offset, 0u);
}

TEST(ViewState, AngleBracketsGoThroughAllOrders) {
  ViewState state;
  for (int i = 0; i < static_cast<int>(ConnectionSort::kCount); ++i) {
    EXPECT_EQ(state.sort, static_cast<ConnectionSort>(i));
    state = After(state, ">");
  }
  EXPECT_EQ(state.sort, ConnectionSort::kStart);
  EXPECT_EQ(After(state, "<").sort, ConnectionSort::kLoss);
  EXPECT_EQ(After(state, "<s").sort, ConnectionSort::kStart);
}

TEST(ViewState, TogglesComeAndGo) {
  const struct {
    const char* key;
    bool ViewState::*member;
  } kToggles[] = {{"p", &ViewState::paused}, {"S", &ViewState::reverse}, {"o", &ViewState::frozen},
                  {"b", &ViewState::bits},   {"n", &ViewState::names},   {"c", &ViewState::hide_closed}};
  for (const auto& toggle : kToggles) {
    const ViewState once = After({}, toggle.key);
    EXPECT_TRUE(once.*toggle.member) << toggle.key;
    EXPECT_FALSE(After(once, toggle.key).*toggle.member) << toggle.key;
  }
}

TEST(ViewState, AStepsThroughTheAveragesAndBeginsAgain) {
  ViewState state;
  for (const Averaging want : {Averaging::kTwoSeconds, Averaging::kTenSeconds, Averaging::kFortySeconds,
                               Averaging::kLifetime, Averaging::kRateWindow}) {
    state = After(state, "a");
    EXPECT_EQ(state.averaging, want);
  }
}

TEST(ViewState, ANewOrderEndsTheHeldOne) {
  for (const char* key : {"s", "S", "<", ">"}) EXPECT_FALSE(After(After({}, "o"), key).frozen) << key;
}

TEST(ViewState, ZCountsResets) { EXPECT_EQ(After({}, "zz").resets, 2u); }

TEST(ViewState, JAndKMoveTheMarkAndScrollAtTheEdges) {
  ViewState state = After({}, "j");
  EXPECT_EQ(state.selected_id, 1u);
  state = After(state, "jj");
  EXPECT_EQ(state.selected_id, 3u);
  EXPECT_EQ(state.offset, 0u);
  for (int i = 0; i < 20; ++i) state = After(state, "j");
  EXPECT_EQ(state.selected_id, 23u);
  EXPECT_EQ(state.offset, 3u);
  for (int i = 0; i < 200; ++i) state = After(state, "j");
  EXPECT_EQ(state.selected_id, 100u);
  EXPECT_EQ(state.offset, 80u);
  for (int i = 0; i < 200; ++i) state = After(state, "k");
  EXPECT_EQ(state.selected_id, 1u);
  EXPECT_EQ(state.offset, 0u);
  EXPECT_EQ(After({}, "k").selected_id, 20u) << "from below without a mark";
}

TEST(ViewState, ScrollingTakesTheMarkAlong) {
  ViewState state = Press(After({}, "j"), Key::kDown);
  EXPECT_EQ(state.selected_id, 2u);
  state = Press(Press(state, Key::kEnd), Key::kHome);
  EXPECT_EQ(state.selected_id, 20u);
}

TEST(ViewState, EnterShowsTheMarkedRowOrTheFirst) {
  ViewState state = Press(Press({}, Key::kDown), Key::kEnter);
  EXPECT_EQ(state.page, Page::kDetails);
  EXPECT_EQ(state.detail_id, 2u);
  state = Press(After({}, "jjj"), Key::kEnter);
  EXPECT_EQ(state.detail_id, 3u);
  for (const Key key : {Key::kEnter, Key::kEscape, Key::kBackspace}) EXPECT_EQ(Press(state, key).page, Page::kList);
  EXPECT_EQ(Press({}, Key::kEnter, {0, 20, IdAt}).page, Page::kList) << "no row";
  EXPECT_EQ(Press(After({}, "j"), Key::kEnter, {0, 0, IdAt}).page, Page::kList) << "no room for a row";
}

TEST(ViewState, FilterIsTypedThenKept) {
  ViewState state = After({}, "/port:4x");
  EXPECT_EQ(state.page, Page::kFilterPrompt);
  state = After(Press(state, Key::kBackspace), "4q");
  EXPECT_EQ(state.filter, "port:44q");
  EXPECT_FALSE(state.quit) << "q is text here";
  state = Press(state, Key::kEnter);
  EXPECT_EQ(state.page, Page::kList);
  EXPECT_EQ(state.filter, "port:44q");
  EXPECT_EQ(Press(After(state, "/"), Key::kEscape).filter, "");
}

TEST(ViewState, EscapeTakesTheMarkThenTheFilter) {
  ViewState state = After(Press(After({}, "/x"), Key::kEnter), "j");
  state = Press(state, Key::kEscape);
  EXPECT_FALSE(state.selected_id.has_value());
  EXPECT_EQ(state.filter, "x");
  EXPECT_EQ(Press(state, Key::kEscape).filter, "");
}

TEST(ViewState, AFilterHasALongestLength) {
  EXPECT_EQ(After({}, "/" + std::string(1000, 'x')).filter.size(), kMaxFilterBytes);
}

TEST(ViewState, HelpOpensFromListAndDetailsAndAnyKeyLeavesIt) {
  EXPECT_EQ(After({}, "h").page, Page::kHelp);
  EXPECT_EQ(After({}, "?").page, Page::kHelp);
  EXPECT_EQ(After({}, "hx").page, Page::kList);
  EXPECT_EQ(After(Press({}, Key::kEnter), "h").page, Page::kHelp);
  EXPECT_TRUE(After({}, "hq").quit);
}

TEST(ViewState, DetailsObeyTheKeysThatMakeSenseThere) {
  const ViewState details = Press({}, Key::kEnter);
  EXPECT_TRUE(After(details, "b").bits);
  EXPECT_TRUE(After(details, "p").paused);
  EXPECT_EQ(After(details, "s").sort, ConnectionSort::kStart);
  EXPECT_TRUE(After(details, "q").quit);
}

TEST(ViewState, OtherKeysChangeNothing) {
  const ViewState state = After(After({}, "~"), {Key::kOther, Key::kBackspace});
  EXPECT_EQ(state.sort, ConnectionSort::kStart);
  EXPECT_FALSE(state.paused);
  EXPECT_FALSE(state.quit);
}

}  // namespace
}  // namespace tcpgauge
