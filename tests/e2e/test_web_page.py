# SPDX-License-Identifier: Apache-2.0
"""The web page in a real Chromium: its connections, and what all tabs share."""
import signal

from support import browser, iperf3
from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.traffic import Conversation
from support.waiting import holds_for, wait_until


class WebPageTest(NamespaceCase):
    tools = browser.TOOLS

    def setUp(self):
        self.testbed = self.own(Testbed())
        self.agent = self.start_agent()

    def start_agent(self, *options):
        return self.own(Agent(self.testbed.server, "-i", self.testbed.link.server_interface, *options))

    def open_page(self, address=None, fragment="#view=connections", **options):
        page = self.own(browser.Browser(self.testbed.server, **options))
        page.open(f"http://{address or self.agent.address}/{fragment}")
        self.wait_for_state(page, "live")
        return page

    def wait_for_state(self, page, beginning):
        wait_until(lambda: page.text("#state")[0].startswith(beginning), f"the page says {beginning}", 60)

    def servers(self, page):
        return page.text("#connections td[data-column=server]")

    def wait_for_servers(self, page, want):
        try:
            wait_until(lambda: self.servers(page) == want, "the rows", 30)
        except AssertionError:
            self.assertEqual(self.servers(page), want)

    def three(self):
        talks = [self.own(Conversation(self.testbed, 7000 + number)) for number in range(3)]
        for talk, size in zip(talks, (1000, 3000, 2000)):
            talk.client_sends(size)
        return [talk.server_endpoint for talk in talks]

    def test_shows_an_iperf3_connection_with_its_rate_and_history(self):
        self.own(iperf3.Server(self.testbed))
        page = self.open_page()
        self.own(iperf3.Client(self.testbed, 90, "80M"))

        def heavy():
            for row in page.script("return [...document.querySelectorAll('#connections tbody tr')].map(r => [...r.cells]"
                                   ".filter(c => !c.classList.contains('name')).map(c => c.textContent).concat("
                                   "r.querySelector('path').getAttribute('d')))"):
                client, server, state, _, up, _, _, _, _, _, _, _, _, line = row
                if server == "192.0.2.2:5201" and up.endswith("MB/s") and 8.5 < float(up.split()[0]) < 10.5:
                    return client.startswith("192.0.2.1:") and state == "ESTABLISHED" and line.count("L") >= 2
            return False
        wait_until(heavy, "iperf3's connection at 80 Mbit/s", 60)
        page.keys("b")
        wait_until(lambda: "Mbit/s" in page.text("#link .legend.up strong")[0], "bits", 30)
        line = page.script("return document.querySelector('#link path.up').getAttribute('d')")
        self.assertGreaterEqual(line.count("L"), 2)
        self.assertIn("Mbit/s", page.text("#link .grid .tick:last-child text")[0], "the axis has the unit too")

    def test_sorts_by_a_click_and_back_by_another(self):
        one, two, three = self.three()
        page = self.open_page()
        # With its first rows the table gets other columns: a click would miss.
        wait_until(lambda: len(self.servers(page)) == 3, "three rows", 30)
        page.click("#connections th[data-column=bytes] button")
        self.wait_for_servers(page, [two, three, one])
        self.assertEqual(page.script("return document.querySelector('#connections th[data-column=bytes]').ariaSort"),
                         "descending")
        page.click("#connections th[data-column=bytes] button")
        self.wait_for_servers(page, [one, three, two])
        page.keys("S")
        self.wait_for_servers(page, [two, three, one])

    def test_filters_while_typing_and_names_what_is_wrong(self):
        one, two, three = self.three()
        page = self.open_page(fragment="#view=connections&sort=server")
        self.wait_for_servers(page, [one, two, three])
        page.keys("/")
        page.keys("port:70")
        wait_until(lambda: self.servers(page) == [], "nothing has port 70", 30)
        page.keys("01")
        self.wait_for_servers(page, [two])
        page.keys(" port:x")
        wait_until(lambda: "port:x" in page.text("#error")[0], "the error", 30)
        page.keys("\ue00c")  # Escape
        self.wait_for_servers(page, [one, two, three])
        self.assertEqual(page.text("#error"), [""])

    def test_filter_and_sort_are_in_the_address(self):
        one, two, three = self.three()
        page = self.open_page(fragment="#view=connections&sort=-server&filter=%21port%3A7001")
        self.wait_for_servers(page, [three, one])

    def test_pauses(self):
        one, two, three = self.three()
        page = self.open_page(fragment="#view=connections&sort=server")
        self.wait_for_servers(page, [one, two, three])
        page.keys("p")
        self.wait_for_state(page, "paused")
        talk = self.own(Conversation(self.testbed, 7003))
        self.assertTrue(holds_for(lambda: len(self.servers(page)) == 3, 2.5), "a row came while paused")
        page.click("#pause")
        self.wait_for_servers(page, [one, two, three, talk.server_endpoint])

    def test_survives_the_agents_restart(self):
        # Inside a namespace of its own, any port is free.
        address = "127.0.0.1:18406"
        first = self.start_agent(f"--web.listen-address={address}")
        talk = self.own(Conversation(self.testbed, 7000))
        page = self.open_page(address)
        self.wait_for_servers(page, [talk.server_endpoint])
        self.assertIsNotNone(first.signal_and_time(signal.SIGKILL))
        self.wait_for_state(page, "no answer for")
        self.assertEqual(self.servers(page), [talk.server_endpoint], "the last table stays")
        self.start_agent(f"--web.listen-address={address}")
        self.wait_for_state(page, "live")
        later = self.own(Conversation(self.testbed, 7001))
        wait_until(lambda: later.server_endpoint in self.servers(page), "a connection after the restart", 30)

    def test_asks_only_the_agent_and_breaks_no_policy(self):
        self.three()
        page = self.open_page()
        wait_until(lambda: len(page.requests()) >= 3, "some requests", 30)
        self.assertEqual([name for name in page.requests() if not name.startswith(f"http://{self.agent.address}/")], [])
        self.assertEqual(page.messages(), [])
        # The policy does hold: nothing else may run.
        page.script("const s = document.createElement('script'); s.textContent = 'window.broken = 1';"
                    "document.body.append(s)")
        self.assertIsNone(page.script("return window.broken ?? null"))

    def visible_titles(self, page):
        return page.script("return [...document.querySelectorAll('#connections th')].filter(e => e.offsetWidth > 0)"
                           ".map(e => e.textContent)")

    def test_shows_who_is_at_the_ends_once_a_name_is_known(self):
        one = self.own(Conversation(self.testbed, 7000))
        page = self.open_page()
        # The answers name nobody, whatever runs on this host, until the test gives the names.
        page.script("""
            const real = window.fetch;
            window.names = [{}, {}];
            window.fetch = async (address, options) => {
              const answer = await real(address, options);
              if (!answer.ok || !String(address).startsWith("api/v1/connections")) return answer;
              const content = await answer.json();
              for (const row of content.connections) {
                const bare = ({address, port}) => ({address, port});
                row.client = {...bare(row.client), ...window.names[0]};
                row.server = {...bare(row.server), ...window.names[1]};
              }
              return {ok: true, headers: answer.headers, json: async () => content};
            };""")
        page.resize(1600, 800)
        wait_until(lambda: self.servers(page) == [one.server_endpoint], "the row", 30)
        # Forgets names of this host.
        page.script("document.querySelector('#connections table').classList.add('nameless')")
        self.assertTrue(holds_for(lambda: "Server name" not in self.visible_titles(page), 2.5), "no name is known")
        page.script("window.names = arguments[0]", [
            {"namespace": "shop", "pod": "web-5d4f", "workload": "web", "workload_kind": "ReplicaSet(guess)",
             "node": "node7", "comm": "<b>x\u001b\u202e"},
            {"workload": "nginx.service", "workload_kind": "unit"}])
        wait_until(lambda: page.text("#connections td[data-column=client_name]") == ["shop/web-5d4f"], "the pod", 30)
        self.assertEqual(page.text("#connections td[data-column=server_name]"), ["nginx.service"])
        self.assertEqual(self.visible_titles(page)[:4], ["Client", "Client name", "Server", "Server name"])
        self.assertEqual(page.script("return document.querySelector('#connections td[data-column=client_name]').title"),
                         "namespace: shop\nworkload: web\nkind: ReplicaSet(guess)\npod: web-5d4f\nnode: node7\n"
                         "process: <b>x??")
        self.assertEqual(page.script("return document.querySelectorAll('b').length"), 0)
        page.click("#connections th[data-column=server_name] button")
        wait_until(lambda: "sort=server_name" in page.script("return location.hash"), "the order", 30)
        self.assertEqual(page.text("#error"), [""], "the agent knows the order")
        page.keys("/")
        page.keys("ns:a/b")
        wait_until(lambda: "ns:a/b" in page.text("#error")[0], "the error", 30)

    def test_shows_links_and_effective_flags(self):
        page = self.open_page()
        wait_until(lambda: page.text("#metrics") == ["/metrics"], "the link to the metrics", 30)
        self.assertIn(f"--interface={self.testbed.link.server_interface}", page.text("#flags li"))
        self.assertIn("--idle-timeout=3600", page.text("#flags li"))

    def test_names_from_outside_are_text(self):
        # An interface may be named anything without a slash or blank.
        self.testbed.server.run("ip", "link", "add", "<b>x<b>", "type", "veth", "peer", "name", "other0")
        self.testbed.server.run("ip", "link", "set", "<b>x<b>", "up")
        self.testbed.server.run("ip", "link", "set", "other0", "up")
        page = self.open_page(self.start_agent("-i", "<b>x<b>").address)
        wait_until(lambda: "<b>x<b>" in page.text("#agent")[0], "the interface's name", 30)
        self.assertEqual(page.script("return document.querySelectorAll('b').length"), 0)

    def test_is_dark_where_that_is_preferred(self):
        color = "return getComputedStyle(document.body).backgroundColor"
        light, dark = self.open_page(), self.open_page(dark=True)
        self.assertEqual((light.script(color), dark.script(color)), ("rgb(252, 252, 251)", "rgb(20, 23, 26)"))
