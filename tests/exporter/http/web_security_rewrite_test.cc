// SPDX-License-Identifier: Apache-2.0
// Rewrites the web configuration in place, in pieces, hundreds of times, while clients ask.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "exporter/http/web_security.h"
#include "src/base/clock.h"
#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

constexpr char kUsers[] =
    "# a line that may be cut anywhere\n"
    "http_server_config:\n"
    "  headers:\n"
    "    X-Frame-Options: deny\n"
    "basic_auth_users:\n"
    "  alice: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n"
    "  bob: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
constexpr char kIsAlice[] = "Basic YWxpY2U6c2VjcmV0";
constexpr char kIsBob[] = "Basic Ym9iOnNlY3JldA==";

// Its steady clock moves by a millisecond in a hundred seconds, and its wall clock stands at the beginning.
class SlowClock final : public Clock {
 public:
  int64_t WallNanoseconds() const override { return 0; }
  int64_t SteadyNanoseconds() const override { return SystemClock().SteadyNanoseconds() / 100000; }
};

class WebSecurityRewriteTest : public testing::Test {
 protected:
  WebSecurityRewriteTest() { Rewrite(sizeof(kUsers)); }

  // Truncates the file and writes it in two pieces. The first piece has `bytes` bytes.
  void Rewrite(size_t bytes) {
    std::ofstream file(file_, std::ios::trunc);
    const std::string text = kUsers;
    file << text.substr(0, bytes) << std::flush;
    if (bytes < text.size()) file << text.substr(bytes) << std::flush;
  }

  // Asks with `authorization` until *is_over. Counts the answers by whether they were admitted.
  void Ask(const std::string& authorization, const std::atomic<bool>* is_over, std::atomic<int>* admitted,
           std::atomic<int>* refused) {
    HttpRequest request;
    request.path = "/metrics";
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    while (!*is_over) {
      RequestGuard::Decision decision = security_->Decide(request);
      if (decision.verdict == RequestGuard::Verdict::kCheckPassword) decision = security_->CheckPassword(request);
      ++*(decision.verdict == RequestGuard::Verdict::kAdmit ? admitted : refused);
    }
  }

  // Counts of answers.
  struct Counts {
    std::atomic<int> admitted{0}, refused{0};
  };

  void RewriteWhileClientsAsk(int64_t settle_ns) {
    auto opened = WebSecurity::Open(file_, nullptr, settle_ns, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    security_ = *std::move(opened);
    std::atomic<bool> is_over{false};
    std::vector<std::thread> clients;
    const auto ask = [&](const std::string& authorization, Counts* counts) {
      clients.emplace_back([=, &is_over] { Ask(authorization, &is_over, &counts->admitted, &counts->refused); });
    };
    ask("", &nobody_);
    ask("", &nobody_);
    ask(kIsAlice, &alice_);
    ask(kIsBob, &bob_);
    constexpr size_t kRewrites = 500;
    for (size_t i = 0; i < kRewrites; ++i) Rewrite(i % sizeof(kUsers));
    while (nobody_.refused == 0 || alice_.admitted == 0 || bob_.admitted == 0) std::this_thread::yield();
    is_over = true;
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(nobody_.admitted, 0) << "of " << nobody_.admitted + nobody_.refused;
  }

  const SlowClock clock_;
  const ScratchDirectory directory_;
  const std::string file_ = directory_.path() + "/web.yml";
  std::unique_ptr<WebSecurity> security_;
  Counts nobody_, alice_, bob_;
};

TEST_F(WebSecurityRewriteTest, NobodyIsAdmittedWithoutAPassword) { RewriteWhileClientsAsk(0); }

TEST_F(WebSecurityRewriteTest, AFileThatIsBeingWrittenIsNotRead) {
  RewriteWhileClientsAsk(kNanosecondsPerMillisecond);
  EXPECT_EQ(alice_.refused, 0) << "of " << alice_.admitted + alice_.refused;
  EXPECT_EQ(bob_.refused, 0) << "of " << bob_.admitted + bob_.refused;
}

}  // namespace
}  // namespace tcpgauge
