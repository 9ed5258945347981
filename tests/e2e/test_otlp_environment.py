# SPDX-License-Identifier: Apache-2.0
"""Which environment variables make the agent push over OTLP."""
import subprocess

from support.agent import binary
from support.otlp_case import ONLY_AT_THE_END, OtlpCase, environment


class EnvironmentTest(OtlpCase):
    def run_and_count(self, **variables):
        """How many pushes come while the agent reads a file and ends."""
        receiver = self.receiver()
        variables = {name: value.replace("URL", receiver.url) for name, value in variables.items()}
        options = variables.pop("options", "").split()
        done = subprocess.run([binary(), "-T", self.capture, "--web.listen-address=", *options],
                              env=environment(**ONLY_AT_THE_END, **variables), capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return len(receiver.requests), done.stderr

    def test_what_begins_a_push(self):
        for pushes, variables in (
                (0, {}),
                (1, {"OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (1, {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "URL/x"}),
                (1, {"options": "--otlp.endpoint URL"}),
                (1, {"TCPGAUGE_OTLP_ENDPOINT": "URL"}),
                (1, {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (0, {"OTEL_METRICS_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (0, {"OTEL_METRICS_EXPORTER": "prometheus", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (0, {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (0, {"options": "--output table", "OTEL_EXPORTER_OTLP_ENDPOINT": "URL"}),
                (1, {"options": "--output table --otlp.endpoint URL"})):
            with self.subTest(variables):
                self.assertEqual(self.run_and_count(**variables)[0], pushes)

    def test_grpc_is_said_not_to_be_supported(self):
        pushes, said = self.run_and_count(OTEL_EXPORTER_OTLP_ENDPOINT="URL", OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
        self.assertEqual(pushes, 1)
        self.assertIn("grpc is not supported; right would be http/protobuf or http/json", said)

    def test_prometheus_without_an_address_is_said(self):
        _, said = self.run_and_count(OTEL_METRICS_EXPORTER="prometheus")
        self.assertIn("'prometheus' needs an address to serve", said)
