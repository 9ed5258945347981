# SPDX-License-Identifier: Apache-2.0
"""The sources of the Kubernetes API against an API server that does what servers do: it forgets, throttles, breaks off."""
import unittest

from support.kube_account import Account
from support.kube_api import PODS, SERVICES, SLICES, Fault, KubeApi, pod, service, slice_of
from support.kube_names import KubeNames
from support.waiting import holds_for, wait_until

# An hour takes 18 seconds: see print_names.cc.
FAST = {"watch_seconds": 12, "node": "node-1"}
WEB = "web-5d4f8c7b9-x2x4z"


class KubeCase(unittest.TestCase):
    def own(self, thing):
        self.addCleanup(thing.close)
        return thing

    def api(self, **options):
        return self.own(KubeApi(**options))

    def names(self, api, **options):
        return self.own(KubeNames(api.url, **{**FAST, **options}))


class LevelTest(KubeCase):
    def test_node_asks_for_the_pods_of_its_node_alone(self):
        api = self.api()
        api.put(pod(WEB, "10.42.0.7"), pod("db-0", "10.42.0.8", owner=("StatefulSet", "db")),
                pod("far-5d4f8c7b9-x2x4z", "10.42.9.9", node="node-2"), pod("job-x2x4z", "10.42.0.9", phase="Succeeded"),
                pod("proxy-x2x4z", "10.0.0.1", owner=("DaemonSet", "proxy"), host_network=True),
                service("web", "10.43.0.1"))
        names = self.names(api, level="node")
        names.wait_until_up("pods")
        known = names.names()
        self.assertEqual(set(known), {"10.42.0.7", "10.42.0.8"})
        want = {"namespace": "shop", "pod": WEB, "workload": "web", "kind": "Deployment", "guess": False, "node": "node-1"}
        self.assertEqual({name: known["10.42.0.7"][name] for name in want}, want)
        self.assertEqual(known["10.42.0.8"]["kind"], "StatefulSet")
        self.assertEqual({request.resource for request in api.requests}, {PODS})
        self.assertEqual({request.query["fieldSelector"] for request in api.requests}, {"spec.nodeName=node-1"})

    def test_cluster_adds_services_and_never_asks_for_all_pods(self):
        api = self.api()
        far = "far-5d4f8c7b9-x2x4z"
        api.put(pod(WEB, "10.42.0.7"), pod(far, "10.42.9.9", node="node-2"), service("far", "10.43.0.1"),
                slice_of("web-a", "web", [("10.42.0.7", WEB, "node-1", "zone-a")]),
                slice_of("far-a", "far", [("10.42.9.9", far, "node-2", "zone-b")]))
        names = self.names(api)
        names.wait_until_up("pods", "slices", "services")
        known = names.names()
        self.assertEqual(set(known), {"10.42.0.7", "10.42.0.7:8080", "10.42.9.9:8080", "10.43.0.1:80"})
        remote = known["10.42.9.9:8080"]
        self.assertEqual((remote["pod"], remote["workload"], remote["service"], remote["zone"], remote["guess"]),
                         (far, "far", "far", "zone-b", True))
        here = known["10.42.0.7:8080"]
        self.assertEqual((here["workload"], here["guess"], here["service"], here["zone"]), ("web", False, "web", "zone-a"))
        self.assertEqual(known["10.42.0.7"]["zone"], "zone-a")
        self.assertEqual((known["10.43.0.1:80"]["service"], known["10.43.0.1:80"]["workload"]), ("far", "far"))
        for request in api.of(PODS):
            self.assertEqual(request.query["fieldSelector"], "spec.nodeName=node-1")
        self.assertEqual(api.requests[0].user_agent, "tcpgauge/test")


class ChangesTest(KubeCase):
    def test_names_follow_the_events(self):
        for initial_events in (True, False):
            with self.subTest(initial_events=initial_events):
                api = self.api(initial_events=initial_events)
                api.put(pod(WEB, "10.42.0.7"), pod("db-0", "10.42.0.8", owner=("StatefulSet", "db")))
                names = self.names(api, level="node")
                names.wait_for_name("10.42.0.7", workload="web")
                api.put(pod("new-5d4f8c7b9-x2x4z", "10.42.0.9"))
                names.wait_for_name("10.42.0.9", workload="new")
                api.delete(pod("db-0", "10.42.0.8", owner=("StatefulSet", "db")))
                wait_until(lambda: "10.42.0.8" not in names.names(), "the pod is forgotten")
                # The address of a pod that has ended is another pod's at once.
                api.put(pod(WEB, "10.42.0.7", phase="Succeeded"), pod("heir-5d4f8c7b9-x2x4z", "10.42.0.7"))
                names.wait_for_name("10.42.0.7", workload="heir")
                self.assertEqual(names.of("pods")["relists"], 0)

    def test_a_server_without_initial_events_is_listed_in_pages(self):
        api = self.api(initial_events=False)
        api.put(*(service(f"s{i:04}", f"10.43.{i // 250}.{i % 250 + 1}") for i in range(1200)))
        names = self.names(api)
        names.wait_until_up("services")
        self.assertEqual(len(names.names()), 1200)
        lists = api.of(SERVICES, "list")
        self.assertEqual([request.query.get("limit") for request in lists], ["500"] * 3)
        self.assertEqual([("continue" in request.query, request.query.get("resourceVersion")) for request in lists],
                         [(False, "0"), (True, None), (True, None)])
        self.assertEqual(len(api.of(SERVICES, "initial")), 1, "it is asked for once")

    def test_bookmarks_keep_the_version_of_a_quiet_resource(self):
        api = self.api(bookmark_seconds=1)
        api.put(service("web", "10.43.0.1"))
        names = self.names(api)
        names.wait_until_up("services", "pods")
        begun = api.of(SERVICES, "initial")[0]
        api.put(*(pod(f"p{i}", f"10.42.0.{i + 1}") for i in range(10)))  # of another resource
        watch = wait_until(lambda: api.of(SERVICES, "watch"), "the next watch")[0]
        self.assertGreaterEqual(int(watch.query["resourceVersion"]), 1011)
        self.assertLess(begun.seconds, watch.seconds)
        self.assertEqual(names.of("services")["relists"], 0)


class ForgottenVersionTest(KubeCase):
    def check(self, initial_events, gone_as):
        api = self.api(initial_events=initial_events, gone_as=gone_as)
        api.put(pod(WEB, "10.42.0.7"), pod("old-5d4f8c7b9-x2x4z", "10.42.0.8"))
        names = self.names(api, level="node")
        names.wait_for_name("10.42.0.7", workload="web")
        wait_until(lambda: api.open_watches(PODS) == 1, "a watch")
        # While nothing watches, a pod goes, and the version is forgotten.
        api.expect(*(Fault(status=500, resource=PODS) for _ in range(1000)))
        api.send_to_watches(PODS, None)
        wait_until(lambda: names.of("pods")["failures"] >= 2, "the watch is broken")
        api.delete(pod("old-5d4f8c7b9-x2x4z", "10.42.0.8"))
        api.forget()
        self.assertEqual(set(names.names()), {"10.42.0.7", "10.42.0.8"})
        api.expect_nothing()
        wait_until(lambda: names.of("pods")["relists"] == 1, "all is read again")
        self.assertEqual(set(names.names()), {"10.42.0.7"})
        wait_until(lambda: names.of("pods")["up"], "the source is up")

    def test_410_as_a_status_with_initial_events(self):
        self.check(True, "status")

    def test_410_as_a_status_with_lists(self):
        self.check(False, "status")

    def test_410_as_an_event_with_initial_events(self):
        self.check(True, "event")

    def test_410_as_an_event_with_lists(self):
        self.check(False, "event")

    def test_410_in_a_watch_that_is_open(self):
        api = self.api()
        api.put(pod(WEB, "10.42.0.7"))
        names = self.names(api, level="node")
        names.wait_until_up("pods")
        api.expire_watches(PODS)
        wait_until(lambda: names.of("pods")["relists"] == 1, "all is read again")
        self.assertEqual(set(names.names()), {"10.42.0.7"})

    def test_410_between_two_pages(self):
        api = self.api(initial_events=False)
        api.put(*(service(f"s{i:04}", f"10.43.{i // 250}.{i % 250 + 1}") for i in range(700)))
        api.expect(Fault(delay=0, resource=SERVICES, verb="list"), Fault(status=410, resource=SERVICES, verb="list"))
        names = self.names(api)
        names.wait_until_up("services")
        self.assertEqual(len(names.names()), 700)
        self.assertEqual(len(api.of(SERVICES, "list")), 4)

    def test_names_stay_while_all_is_read_again(self):
        api = self.api()
        api.put(pod(WEB, "10.42.0.7"))
        names = self.names(api, level="node")
        names.wait_until_up("pods")
        api.expect(*(Fault(status=503, resource=PODS) for _ in range(3)))
        api.expire_watches(PODS)
        wait_until(lambda: names.of("pods")["failures"] >= 4, "failures")
        self.assertIn("10.42.0.7", names.names())
        names.wait_until_up("pods")


class TroubleTest(KubeCase):
    def test_retry_after_is_kept(self):
        for status in (429, 503):
            with self.subTest(status):
                api = self.api()
                api.expect(Fault(status=status, retry_after=2, resource=PODS))
                names = self.names(api, level="node")
                names.wait_until_up("pods")
                first, second = api.of(PODS)[:2]
                self.assertGreaterEqual(second.seconds - first.seconds, 2)
                self.assertIn(f"status {status}: the test says {status}", names.log())

    def test_a_server_in_trouble_is_asked_less_and_less(self):
        api = self.api()
        api.expect(*(Fault(status=500) for _ in range(1000)))
        # As in production, but for the first second.
        names = self.names(api, level="node", watch_seconds=240)
        wait_until(lambda: len(api.requests) >= 6, "requests")
        times = [request.seconds for request in api.requests[:6]]
        self.assertGreater(times[5] - times[0], 0.5 * 0.1 * (1 + 2 + 4 + 8 + 16), "the back-off doubles")
        self.assertFalse(names.of("pods")["up"])
        self.assertEqual(names.log().count("a request to the Kubernetes API failed"), 1, "one line a minute")

    def test_a_broken_watch_goes_on_where_it_was(self):
        api = self.api()
        api.put(pod(WEB, "10.42.0.7"))
        names = self.names(api, level="node")
        names.wait_until_up("pods")
        line = b'{"type":"ADDED","object":{"metadata":{"name":"half"'
        api.send_to_watches(PODS, line)
        api.send_to_watches(PODS, None)
        wait_until(lambda: api.of(PODS, "watch"), "the next watch")
        api.put(pod("new-5d4f8c7b9-x2x4z", "10.42.0.9"))
        names.wait_for_name("10.42.0.9", workload="new")
        self.assertEqual(len(api.of(PODS, "initial")), 1)
        self.assertEqual(names.of("pods")["lines_invalid"], 0)

    def test_a_list_that_breaks_off_anywhere_is_read_again(self):
        for initial_events in (True, False):
            for cut_after in (0, 100, 60000):
                with self.subTest(initial_events=initial_events, cut_after=cut_after):
                    api = self.api(initial_events=initial_events)
                    api.put(*(service(f"s{i:04}", f"10.43.{i // 250}.{i % 250 + 1}") for i in range(400)))
                    api.expect(Fault(cut_after=cut_after, resource=SERVICES, verb="initial" if initial_events else "list"))
                    names = self.names(api)
                    names.wait_until_up("services")
                    self.assertEqual(len(names.names()), 400)
                    self.assertEqual(names.of("services")["failures"], 1)

    def test_a_failure_that_never_ends_is_given_up(self):
        api = self.api()
        api.expect(*(Fault(status=500, is_endless=True) for _ in range(3)))
        names = self.names(api, level="node")
        names.wait_until_up("pods")
        self.assertEqual(names.of("pods")["failures"], 3)
        self.assertLess(names.counts()["private_kilobytes"], 12 * 1024)

    def test_a_slow_server_delays_no_other_source(self):
        api = self.api()
        api.put(pod(WEB, "10.42.0.7"), service("web", "10.43.0.1"))
        api.expect(Fault(delay=5, resource=SERVICES))
        names = self.names(api)
        names.wait_until_up("pods", "slices")
        self.assertFalse(names.of("services")["up"])
        self.assertLess(names.cost_of_adding()["seconds"], 1, "nothing waits for the network")
        names.wait_until_up("services")

    def test_lines_that_are_too_long_are_skipped_and_counted(self):
        api = self.api()
        names = self.names(api, level="node")
        names.wait_until_up("pods")
        api.send_to_watches(PODS, b'{"type":"ADDED","object":{"metadata":{"name":"' + b"x" * 1600000 + b'"}}}\n')
        api.send_to_watches(PODS, b"<html>\n")
        api.put(pod(WEB, "10.42.0.7"))
        names.wait_for_name("10.42.0.7", workload="web")
        self.assertEqual(names.of("pods")["lines_too_long"], 1)
        self.assertEqual(names.of("pods")["lines_invalid"], 1)

    def test_a_server_without_an_end_of_names_is_bounded(self):
        api = self.api()
        for i in range(10):
            api.put(slice_of(f"s{i}", f"s{i}", [(f"10.{i}.0.{j}", f"p-{j}", "n", "z") for j in range(50)]))
        names = self.names(api, max_endpoints=200)
        names.wait_until_up("slices")
        self.assertEqual(len(names.names()), 200)
        self.assertEqual(names.of("slices")["overflows"], 300)

    def test_first_requests_are_spread_by_the_name_of_the_node(self):
        api = self.api()
        for i in range(6):
            self.names(api, level="node", node=f"node-{i}", spread_ms=3000)
        wait_until(lambda: len(api.of(PODS)) >= 6, "requests of all nodes")
        times = sorted(request.seconds for request in api.of(PODS, "initial"))
        self.assertGreater(times[-1] - times[0], 0.5)


class SecurityTest(KubeCase):
    def setUp(self):
        self.account = self.own(Account())

    def test_token_and_authorities_are_read_again(self):
        tls = self.account.make_authority("first")
        self.account.write("token", "token-1\n")
        self.account.write("ca.crt", self.account.read("first.pem"))
        api = self.api(tls=tls, tokens={"token-1"})
        api.put(pod(WEB, "10.42.0.7"))
        names = self.names(api, level="node", token_file=self.account.path("token"), ca_file=self.account.path("ca.crt"))
        names.wait_until_up("pods")
        self.assertEqual({request.token for request in api.requests}, {"token-1"})
        # The kubelet writes the next token while the former one is still taken.
        self.account.write("token", "token-2\n")
        api.tokens = {"token-2"}
        wait_until(lambda: api.requests[-1].token == "token-2", "the next token")
        # The server gets a certificate of another authority, and its connections break.
        self.account.make_authority("second")
        self.account.present(tls, "second")
        api.send_to_watches(PODS, None)
        wait_until(lambda: not names.of("pods")["up"], "the server is not trusted")
        before = len(api.requests)
        self.assertTrue(holds_for(lambda: len(api.requests) == before, 0.5), "it gets no request")
        self.account.write("ca.crt", self.account.read("first.pem") + self.account.read("second.pem"))
        names.wait_until_up("pods")
        api.put(pod("new-5d4f8c7b9-x2x4z", "10.42.0.9"))
        names.wait_for_name("10.42.0.9", workload="new")
        self.assertNotIn("token-", names.log())

    def test_a_token_that_the_server_refuses_is_no_end(self):
        self.account.write("token", "old")
        api = self.api(tokens={"new"})
        names = self.names(api, level="node", token_file=self.account.path("token"))
        wait_until(lambda: names.of("pods")["failures"] >= 2, "failures")
        self.assertIn("status 401", names.log())
        self.account.write("token", "new")
        names.wait_until_up("pods")
        self.assertNotIn("old", names.log())

    def test_a_server_of_an_unknown_authority_gets_nothing(self):
        api = self.api(tls=self.account.make_authority("first"))
        self.account.make_authority("second")
        self.account.write("token", "secret")
        names = self.names(api, level="node", token_file=self.account.path("token"),
                           ca_file=self.account.path("second.pem"))
        wait_until(lambda: names.of("pods")["failures"] >= 2, "failures")
        self.assertEqual(api.requests, [])
        self.assertIn("certificate", names.log())
