# SPDX-License-Identifier: Apache-2.0
"""What the sources of the Kubernetes API cost: requests an hour, memory, and time of the processor."""
import time

from support.kube_api import PODS, SERVICES, SLICES, Fault, KubeApi, pod, service, slice_of
from support.kube_names import KubeNames
from support.marks import alone
from support.waiting import wait_until
from test_kube_names import KubeCase

# An hour takes 18 seconds: see print_names.cc.
HOUR_SECONDS = 18
FAST = {"watch_seconds": 12, "node": "node-1"}
ENDPOINTS = 20000


def large_cluster():
    """20,000 endpoints of 400 services on 200 nodes, with names as long as usual."""
    slices = []
    for i in range(200):
        endpoints = [(f"10.{i}.{j // 250}.{j % 250}", f"checkout-service-{i}-5d4f8c7b9{i % 10}-x2x{j:02}"[:63],
                      f"ip-10-0-{i}-17.eu-central-1.compute.internal", f"eu-central-1{'abc'[j % 3]}") for j in range(100)]
        slices.append(slice_of(f"checkout-service-{i}-abcde", f"checkout-service-{i}", endpoints))
    return slices


def pods_of_node(count=110):
    return [pod(f"checkout-{i}-5d4f8c7b9-x2x4z", f"10.250.0.{i + 1}", filling=6000) for i in range(count)]


class RequestsTest(KubeCase):
    """With the intervals of production, in a time that runs 200 times as fast."""

    def requests_of_an_hour(self, api, churn):
        names = self.own(KubeNames(api.url, **FAST))
        names.wait_until_up("pods", "slices", "services")
        before = {resource: len(api.of(resource)) for resource in (PODS, SLICES, SERVICES)}
        end = time.monotonic() + HOUR_SECONDS
        while time.monotonic() < end:
            churn()
            time.sleep(0.05)
        counts = {resource: len(api.of(resource)) - before[resource] for resource in before}
        print(f"requests an hour: {counts}; {names.counts()}")
        names.wait_until_up("pods", "slices", "services")
        return counts

    def test_a_quiet_cluster_is_asked_a_few_times_an_hour(self):
        api = self.api(bookmark_seconds=0.3)
        api.put(*pods_of_node(10), service("web", "10.43.0.1"))
        for resource, requests in self.requests_of_an_hour(api, lambda: None).items():
            self.assertGreaterEqual(requests, 1, resource)
            self.assertLessEqual(requests, 4, resource)
            self.assertEqual(len(api.of(resource, "list")), 0, resource)
            self.assertEqual(len(api.of(resource, "initial")), 1, resource)

    def test_a_churning_cluster_is_asked_as_rarely(self):
        api = self.api(bookmark_seconds=0.3)
        pods = pods_of_node(10)
        slices = large_cluster()[:20]
        api.put(*pods, *slices, service("web", "10.43.0.1"))
        rounds = [0]

        def churn():
            rounds[0] += 1
            api.delete(*pods[:3])
            api.put(*pods[:3], *slices[:5])

        for resource, requests in self.requests_of_an_hour(api, churn).items():
            self.assertLessEqual(requests, 4, resource)
            self.assertEqual(len(api.of(resource, "initial")), 1, resource)
        self.assertGreater(rounds[0], 100)

    def test_a_server_that_restarts_and_forgets_is_asked_little_more(self):
        api = self.api(bookmark_seconds=0.3)
        api.put(*pods_of_node(10), service("web", "10.43.0.1"))
        restarts = [HOUR_SECONDS / 4 + time.monotonic(), HOUR_SECONDS * 0.6 + time.monotonic()]

        def churn():
            if restarts and time.monotonic() >= restarts[0]:
                restarts.pop(0)
                api.expect(*(Fault(status=503, resource=resource) for resource in (PODS, SLICES, SERVICES)))
                api.forget()
                for resource in (PODS, SLICES, SERVICES):
                    api.send_to_watches(resource, None)

        for resource, requests in self.requests_of_an_hour(api, churn).items():
            # For each restart: one that fails, one that learns that the version is forgotten, and one that reads all.
            self.assertLessEqual(requests, 4 + 2 * 3, resource)
            self.assertLessEqual(len(api.of(resource, "initial")), 3, resource)


@alone
class LargeClusterTest(KubeCase):
    def test_memory_of_20000_endpoints(self):
        for initial_events in (True, False):
            with self.subTest(initial_events=initial_events):
                empty = self.api(initial_events=initial_events)
                full = self.api(initial_events=initial_events)
                full.put(*large_cluster(), *pods_of_node(), *(service(f"s{i}", f"10.43.0.{i + 1}") for i in range(200)))
                nothing = self.own(KubeNames(empty.url, watch_seconds=240, node="node-1"))
                names = self.own(KubeNames(full.url, watch_seconds=240, node="node-1"))
                for each in (nothing, names):
                    each.wait_until_up("pods", "slices", "services")
                grown = names.counts()["private_kilobytes"]
                full.expire_watches(SLICES)  # all is read once more
                wait_until(lambda: names.of("slices")["relists"] == 1, "all is read again", 120)
                counts = names.counts()
                again = counts["private_kilobytes"]
                print(f"private memory: without objects {nothing.counts()['private_kilobytes']} kB, with {ENDPOINTS} "
                      f"endpoints {grown} kB, read again {again} kB; {counts['cpu_seconds']:.2f} s of the processor")
                self.assertEqual(counts["sources"]["kubernetes-endpointslices"]["overflows"], 0)
                # The whole process: libraries, connections, and what it knows.
                self.assertLess(again, 12 * 1024)
                print(f"adding all to a draft takes {1000 * names.cost_of_adding()['cpu_seconds']:.0f} ms of the processor")
                self.assertEqual(len(names.names()), ENDPOINTS + 110 + 200)

    def test_memory_of_maps_of_20000_endpoints(self):
        api = self.api()
        slices = large_cluster()
        api.put(*slices, *pods_of_node(), *(service(f"s{i}", f"10.43.0.{i + 1}") for i in range(200)))
        empty = self.own(KubeNames(self.api().url, node="node-1"))
        names = self.own(KubeNames(api.url, node="node-1"))
        for each in (empty, names):
            each.wait_until_up("pods", "slices", "services")
        program = empty.round()["private_kilobytes"]
        sources = names.counts()["private_kilobytes"] - program
        rounds = [names.round()]
        for i in range(5):  # each with another map than before, while the former ones are in use
            changed = slice_of(f"checkout-service-{i}-abcde", f"checkout-service-{i}",
                               [(f"10.{i}.9.9", f"checkout-service-{i}-5d4f8c7b90-z9z9z", "node-1", "zone-1")])
            events = names.of("slices")["events"]
            api.put(changed)
            wait_until(lambda seen=events: names.of("slices")["events"] > seen, "the change is known", 30)
            rounds.append(names.round())
        steady = max(each["private_kilobytes"] for each in rounds) - program
        peak = max(each["peak_kilobytes"] for each in rounds) - program
        print(f"program {program} kB; {ENDPOINTS} endpoints: sources {sources} kB, with maps {steady} kB, at most {peak} "
              f"kB while a map is made; rounds of {[round(1000 * each['seconds']) for each in rounds]} ms")
        self.assertLess(peak, 12 * 1024)

    def test_time_of_1000_events(self):
        api = self.api()
        pods = pods_of_node()
        slices = large_cluster()
        api.put(*pods, *slices)
        names = self.own(KubeNames(api.url, watch_seconds=2400, node="node-1"))
        names.wait_until_up("pods", "slices", "services")
        for source, objects in (("pods", pods), ("slices", slices)):
            size = len(str(objects[0]))
            before, done = names.counts()["cpu_seconds"], names.of(source)["events"]
            for i in range(1000):
                api.put(objects[i % len(objects)])
            wait_until(lambda: names.of(source)["events"] >= done + 1000, "all events", 120, pause=0.5)
            seconds = names.counts()["cpu_seconds"] - before
            print(f"1000 events of {source}, of {size} bytes each: {1000 * seconds:.0f} ms of the processor")
            self.assertLess(seconds, 2)
