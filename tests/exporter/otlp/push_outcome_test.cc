// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/push_outcome.h"

#include <gtest/gtest.h>

#include "absl/status/status.h"

namespace tcpgauge {
namespace {

HttpAnswer Answer(int status, std::string body = "") {
  HttpAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

PushOutcome Outcome(const absl::StatusOr<HttpAnswer>& answer) { return OutcomeOf(answer, OtlpFormat::kProtobuf); }

std::string PartialSuccess(int64_t rejected, const std::string& message) {
  otlp::ExportMetricsServiceResponse response;
  response.mutable_partial_success()->set_rejected_data_points(rejected);
  response.mutable_partial_success()->set_error_message(message);
  return response.SerializeAsString();
}

TEST(PushOutcome, OnlyFourStatusesAreRepeated) {
  for (int status = 100; status < 600; ++status) {
    const PushOutcome outcome = Outcome(Answer(status));
    const bool repeats = status == 429 || status == 502 || status == 503 || status == 504;
    EXPECT_EQ(outcome.repeats, repeats) << status;
    EXPECT_EQ(outcome.taken, status / 100 == 2) << status;
    EXPECT_EQ(outcome.failure.has_value(), !outcome.taken) << status;
  }
  EXPECT_EQ(Outcome(Answer(429)).failure, PushFailure::kThrottled);
  EXPECT_EQ(Outcome(Answer(503)).failure, PushFailure::kUnavailable);
  EXPECT_EQ(Outcome(Answer(400)).failure, PushFailure::kRejected);
  EXPECT_EQ(Outcome(Answer(301)).failure, PushFailure::kRejected);
}

TEST(PushOutcome, TellsWhereARedirectionLeads) {
  for (const int status : {301, 302, 303, 307, 308}) {
    HttpAnswer answer = Answer(status, "<html>");
    answer.redirection = "redirected to https://other/v1/metrics; use that URL";
    EXPECT_EQ(Outcome(answer).message,
              "status " + std::to_string(status) + ": redirected to https://other/v1/metrics; use that URL");
    EXPECT_EQ(Outcome(answer).failure, PushFailure::kRejected);
  }
}

TEST(PushOutcome, ABrokenConnectionAndATimeOutAreRepeated) {
  const PushOutcome broken = Outcome(absl::UnavailableError("refused"));
  EXPECT_TRUE(broken.repeats);
  EXPECT_EQ(broken.failure, PushFailure::kConnection);
  EXPECT_EQ(broken.message, "refused");
  const PushOutcome late = Outcome(absl::DeadlineExceededError("late"));
  EXPECT_TRUE(late.repeats);
  EXPECT_EQ(late.failure, PushFailure::kTimeout);
}

TEST(PushOutcome, RetryAfterCountsOnlyWhereThereIsARepetition) {
  HttpAnswer answer = Answer(503);
  answer.retry_after_seconds = 7;
  EXPECT_EQ(Outcome(answer).retry_after_seconds, 7);
  answer.status = 400;
  EXPECT_EQ(Outcome(answer).retry_after_seconds, std::nullopt);
}

TEST(PushOutcome, PartialSuccessIsTakenAndNotRepeated) {
  const PushOutcome outcome = Outcome(Answer(200, PartialSuccess(3, "too old")));
  EXPECT_TRUE(outcome.taken);
  EXPECT_FALSE(outcome.repeats);
  EXPECT_EQ(outcome.rejected_data_points, 3u);
  EXPECT_EQ(outcome.message, "too old");
  EXPECT_EQ(Outcome(Answer(200, PartialSuccess(-3, ""))).rejected_data_points, 0u);
}

TEST(PushOutcome, PartialSuccessIsReadAsJsonToo) {
  const PushOutcome outcome =
      OutcomeOf(Answer(200, R"({"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too old","new":1}})"),
                OtlpFormat::kJson);
  EXPECT_EQ(outcome.rejected_data_points, 3u);
  EXPECT_EQ(outcome.message, "too old");
  EXPECT_EQ(OutcomeOf(Answer(200), OtlpFormat::kJson).message, "");
}

TEST(PushOutcome, AnAnswerOfGarbageIsTakenWithAWord) {
  for (const std::string& garbage : {std::string("\xff\xff\xff"), std::string("<html>")}) {
    for (const OtlpFormat format : {OtlpFormat::kProtobuf, OtlpFormat::kJson}) {
      const PushOutcome outcome = OutcomeOf(Answer(200, garbage), format);
      EXPECT_TRUE(outcome.taken);
      EXPECT_EQ(outcome.message, "the answer cannot be understood");
    }
  }
  HttpAnswer cut = Answer(200);
  cut.body_cut = true;
  EXPECT_TRUE(Outcome(cut).taken);
}

TEST(PushOutcome, TellsWhatTheReceiverSaysOfAnError) {
  otlp::Status status;
  status.set_message("no such tenant");
  EXPECT_EQ(Outcome(Answer(400, status.SerializeAsString())).message, "status 400: no such tenant");
  EXPECT_EQ(OutcomeOf(Answer(400, R"({"code":3,"message":"no"})"), OtlpFormat::kJson).message, "status 400: no");
  EXPECT_EQ(Outcome(Answer(400, "<html>")).message, "status 400");
  status.set_message(std::string(10000, 'x'));
  EXPECT_EQ(Outcome(Answer(400, status.SerializeAsString())).message.size(), 500u);
}

}  // namespace
}  // namespace tcpgauge
