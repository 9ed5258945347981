# SPDX-License-Identifier: Apache-2.0
"""The tabs of the web page in a real Chromium, on live traffic: services, clients, what fails, the map, and a service."""
from support import browser, shop
from support.agent import Agent
from support.case import NamespaceCase
from support.namespaces import Testbed
from support.waiting import wait_until

TABS = ("services", "clients", "connections", "failing", "map")
PHONE = 390


class ViewsCase(NamespaceCase):
    tools = browser.TOOLS

    def setUp(self):
        self.testbed = self.own(Testbed(ipv6=False))

    def start_agent(self, *options):
        return self.own(Agent(self.testbed.server, "--identity=off", *options))

    def watch(self, *options):
        return self.start_agent("-i", self.testbed.link.server_interface, *options)

    def open_page(self, agent, fragment="", **options):
        page = self.own(browser.Browser(self.testbed.server, **options))
        page.open(f"http://{agent.address}/{fragment}")
        return page

    def go(self, page, fragment):
        page.script("location.hash = arguments[0]", fragment)

    def column(self, page, view, name):
        """The cells of that column of the table."""
        return page.text(f"#{view} td[data-column={name}]")

    def wait_for_rows(self, page, view, name, want):
        try:
            wait_until(lambda: set(want) <= set(self.column(page, view, name)), f"rows of {view}", 60)
        except AssertionError:
            self.assertEqual(self.column(page, view, name), want)


class TrafficTest(ViewsCase):
    def setUp(self):
        super().setUp()
        agent = self.watch()
        self.own(shop.Shop(self.testbed))
        self.page = self.open_page(agent)
        self.wait_for_rows(self.page, "services", "server", [shop.WEB_SERVICE, shop.API_SERVICE, shop.DATABASE_SERVICE,
                                                            shop.SEARCH_SERVICE])

    def order(self, view, name, key):
        """The first cell of column `name`, once a click on the head of `key` has given an order."""
        self.page.click(f"#{view} th[data-column={key}] button")
        return lambda: self.column(self.page, view, name)[0]

    def test_tell_who_fills_the_link_which_service_fails_which_is_slow_and_who_its_clients_are(self):
        page = self.page
        # Who fills the link: the first row, without a click.
        wait_until(lambda: self.column(page, "services", "server")[0] == shop.WEB_SERVICE, "the heaviest service", 30)
        # What fails: the tab says that something does, and leads to it.
        wait_until(lambda: page.text("#failing-now")[0].endswith("/s"), "the tab tells failures", 30)
        page.keys("4")
        self.wait_for_rows(page, "failing", "server", [shop.SEARCH_SERVICE])
        self.assertEqual(self.column(page, "failing", "client"), [shop.API])
        wait_until(lambda: self.column(page, "failing", "failures") == ["now"], "it fails now", 30)
        self.assertGreater(int(self.column(page, "failing", "refused")[0]), 0)
        # What is slow: by the head of a column.
        page.keys("1")
        wait_until(lambda: self.column(page, "services", "server"), "the services")
        slowest = self.order("services", "server", "response")
        wait_until(lambda: slowest() == shop.DATABASE_SERVICE, "the slowest service", 30)
        # Who its clients are: on its page.
        page.click("#services tbody tr:first-child a")
        self.wait_for_rows(page, "service", "client", [shop.API])
        self.assertEqual(page.text("#service-name"), [shop.DATABASE_SERVICE])
        # Which client gets most.
        page.keys("2")
        wait_until(lambda: self.column(page, "clients", "client")[:1] == ["192.0.2.100"], "the heaviest client", 30)
        page.click("#clients tbody tr:first-child a")
        wait_until(lambda: self.column(page, "connections", "server") == [shop.WEB_SERVICE], "its connections", 30)

    def test_every_tab_is_reached_by_keys_and_says_which_it_is(self):
        page = self.page
        for number, name in enumerate(TABS, 1):
            page.keys(str(number))
            wait_until(lambda: page.script("return location.hash").startswith("#view=" + name), name)
            wait_until(lambda: self.column(page, name, "rate" if name != "failing" else "server"), f"rows of {name}", 30)
            current = page.script("return [...document.querySelectorAll('#tabs [aria-current=page]')].map(e => "
                                  "e.getAttribute('href'))")
            self.assertEqual(current, ["#view=" + name])
            self.assertEqual(page.script("return [...document.querySelectorAll('#views > section')].filter("
                                         "e => e.offsetHeight > 0).map(e => e.id)"), [name])
        # Without a pointer: a link of the table has the focus, Enter follows it, and Back returns.
        page.script("document.querySelector('#map td[data-column=server] a').focus()")
        page.keys("\ue007")  # Enter
        wait_until(lambda: page.script("return location.hash").startswith("#view=service&"), "the page of the service")
        page.script("history.back()")
        wait_until(lambda: page.script("return location.hash") == "#view=map", "back at the map")
        # A chart is read with the arrows.
        page.keys("1")
        page.script("document.querySelector('#link svg').focus()")
        page.keys("\ue012\ue012")  # Left, left
        wait_until(lambda: page.text("#link .when")[0].count(":") == 2, "the time of the marked point")

    def test_the_map_and_its_table_say_the_same(self):
        page = self.page
        page.keys("5")
        self.wait_for_rows(page, "map", "server", [shop.WEB, shop.API, shop.DATABASE, shop.SEARCH])

        def drawn_and_listed():
            return page.script("""
                const links = [...document.querySelectorAll('.map .link title')].map(e => e.textContent.split('\\n')[0]);
                const rows = [...document.querySelectorAll('#map tbody tr')].map(row => {
                  const cell = name => row.querySelector(`[data-column=${name}]`).textContent;
                  return `${cell('client')} → ${cell('server')} ${cell('ports')}`;
                });
                return [links.sort(), rows.sort()];""")
        drawn, listed = drawn_and_listed()
        self.assertEqual(drawn, listed)
        self.assertIn(f"{shop.WEB} → {shop.API} :8080", listed)
        self.assertEqual(len(listed), 8 + 3)
        wait_until(lambda: [text.split("\n")[0] for text in page.text(".map .link.failing title")] ==
                   [f"{shop.API} → {shop.SEARCH} :9200"], "the link that fails", 30)
        # A caller is to the left of its server.
        places = page.script("return Object.fromEntries([...document.querySelectorAll('.map .node')].map(e => "
                             "[e.querySelector('title').textContent.split(/[,\\n]/)[0], e.getBoundingClientRect().left]))")
        self.assertLess(places["192.0.2.100"], places[shop.WEB])
        self.assertLess(places[shop.WEB], places[shop.API])
        self.assertLess(places[shop.API], places[shop.DATABASE])

    def test_a_service_has_its_last_ten_minutes(self):
        page = self.page
        page.click(f"#services a[href*='{shop.DATABASE}']")
        slow = shop.SLOW_SECONDS * 1000

        def milliseconds(title):
            value = page.script("return [...document.querySelectorAll('#service dt')].find(e => e.textContent === "
                                "arguments[0]).nextSibling.textContent", title)
            return float(value.split()[0]) if value.endswith(" ms") else 0
        for title in ("Mean response", "p50", "p95", "p99"):
            wait_until(lambda title=title: slow / 1.2 <= milliseconds(title) < 2 * slow, title, 30)
        # The page makes quantiles of coarser buckets than the agent does: of one client, both tell nearly the same.
        agents = float(page.script("return document.querySelector('#service td[data-column=p95]').textContent").split()[0])
        self.assertAlmostEqual(milliseconds("p95"), agents, delta=agents / 4)
        self.assertEqual(page.text("#service figcaption .title"), ["Rates", "Attempts", "Loss", "Response time"])
        for unit in ("B/s", "/s", "%", "ms"):
            self.assertTrue(any(text.endswith(unit) for text in page.text("#service .grid .tick text")), unit)
        self.assertRegex(page.text("#service .axis:not(.grid) .tick text")[0], r"^\d\d:\d\d(:\d\d)?$")
        line = "return document.querySelector('#service figure:nth-child(4) path.p95').getAttribute('d') || ''"
        wait_until(lambda: page.script(line).count("L") >= 2, "a line of the 95th percentile", 30)
        # It begins with the history, as that of the means does, and not with the page. Buckets may be ten seconds late.
        p95, mean, ten_seconds = page.script(
            "const figure = document.querySelector('#service figure:nth-child(4)');"
            "return [...['p95', 'down'].map(name => parseFloat(figure.querySelector(`path.${name}`).getAttribute('d')"
            ".slice(1))), figure.querySelector('svg').clientWidth / 6]")
        self.assertLess(p95 - mean, ten_seconds)
        # What the chart shows is a table too.
        page.click("#service figure:nth-child(4) summary")
        wait_until(lambda: page.text("#service figure:nth-child(4) tbody tr:first-child td")[0].endswith(" ms"),
                   "the chart's table", 30)
        self.assertEqual(self.column(page, "service", "client"), [shop.API])

    def test_fits_a_phone(self):
        page = self.page
        page.resize(PHONE, 800)
        for name in (*TABS, "service"):
            self.go(page, f"#view={name}" + (f"&service={shop.WEB_SERVICE}" if name == "service" else ""))
            wait_until(lambda name=name: page.text(f"#{name} tbody tr"), f"rows of {name}", 30)
            self.assertLessEqual(page.script("return document.documentElement.scrollWidth"), PHONE, name)
            self.assertEqual(page.script("return [...document.querySelectorAll(`#${arguments[0]} .scroll`)].map("
                                         "e => e.scrollWidth - e.clientWidth)", name), [0], name)
        self.go(page, "#view=connections")
        wait_until(lambda: page.text("#connections tbody tr"), "connections", 30)
        # The longest addresses that there are.
        page.script("""
            const real = window.fetch;
            window.fetch = async (address, options) => {
              const answer = await real(address, options);
              if (!String(address).startsWith("api/v1/connections")) return answer;
              const content = await answer.json();
              for (const {client, server} of content.connections) {
                client.address = server.address = "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff";
                client.port = server.port = 65535;
              }
              return {ok: true, headers: answer.headers, json: async () => content};
            };""")
        wait_until(lambda: "65535" in page.text("#connections td[data-column=client]")[0], "long addresses", 30)
        self.assertEqual(page.script("return [...document.querySelectorAll('#connections .whole')].map("
                                     "e => e.getClientRects().length).filter(lines => lines !== 1)"), [])
        for name in ("state", "rtt", "retransmissions"):
            box = page.script("const box = document.querySelector(`#connections td[data-column=${arguments[0]}]`)"
                              ".getBoundingClientRect(); return [box.width, box.left, box.right]", name)
            self.assertTrue(box[0] > 0 and box[1] >= 0 and box[2] <= PHONE, f"{name}: {box}")

    def test_no_tab_asks_another_host_or_breaks_the_policy(self):
        page = self.page
        home = page.script("return location.origin + '/'")
        for name in (*TABS, f"service&service={shop.WEB_SERVICE}"):
            self.go(page, "#view=" + name)
            seen = len(page.requests())
            wait_until(lambda seen=seen: len(page.requests()) >= seen + 2, "some requests", 30)
        self.assertEqual([name for name in page.requests() if not name.startswith(home)], [])
        self.assertEqual(page.messages(), [])


class BoundsTest(ViewsCase):
    def test_a_map_of_many_edges_has_60_nodes_that_can_be_read(self):
        page = self.open_page(self.watch())
        # More edges than an agent has series for: clients of one server, a scan, and a chain.
        page.script("""
            const sum = (rate, failing) => ({connections: 1, connections_stalled: 0, connections_opened: 1,
              connections_refused: failing, connections_timed_out: 0, segments: 1, retransmitted_segments: 0,
              recent: {client_payload_bytes_per_second: rate, server_payload_bytes_per_second: 0,
                connections_failed_per_second: failing}});
            const edge = (client, server, port, rate, failing = 0) => ({...sum(rate, failing),
              client: {address: client}, server: {address: server, port}});
            const edges = [edge("10.0.0.1", "10.0.0.2", 80, 5e6), edge("10.0.0.2", "10.0.0.1", 81, 1e5)];
            for (let i = 0; i < 100; ++i) edges.push(edge(`192.0.2.${i}`, "10.0.0.1", 443, 1e4 + 100 * i));
            for (let i = 0; i < 250; ++i) edges.push(edge("198.51.100.66", `203.0.113.${i}`, 22, 0, 1));
            const real = window.fetch;
            window.fetch = async (address, options) => {
              const answer = await real(address, options);
              if (!String(address).startsWith("api/v1/edges")) return answer;
              const content = {...await answer.json(), edges, edges_in_all: edges.length};
              return {ok: true, headers: answer.headers, json: async () => content};
            };
            location.hash = "#view=map";""")
        page.resize(1280, 900)
        wait_until(lambda: len(page.text(".map .node")) == 60, "60 nodes", 30)
        names = [title.split("\n")[0].split(",")[0] for title in page.text(".map .node title")]
        for name in ("10.0.0.1", "10.0.0.2", "192.0.2.99", "198.51.100.66", "other clients", "other servers"):
            self.assertIn(name, names)
        self.assertEqual(len(page.text(".map .link.failing")), 15 + 1, "a scan gets no more places than that")
        self.assertEqual(len(page.text(".map .link")), len(page.text("#map tbody tr")))
        overlaps = page.script("""
            const boxes = [...document.querySelectorAll('.map .node text')].map(e => e.getBoundingClientRect());
            const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
            return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => !apart(a, b))).length;""")
        self.assertEqual(overlaps, 0, "labels that cover each other")
        sizes = page.script("return [...document.querySelectorAll('.map .node text')].map(e => parseFloat("
                            "getComputedStyle(e).fontSize))")
        self.assertGreaterEqual(min(sizes), 12)


class EmptyTest(ViewsCase):
    def why(self, page):
        return [text for text in page.text(".empty:not([hidden]) p") if text]

    def wait_for_reason(self, page, beginning):
        def is_told():
            reason = self.why(page)
            return reason and reason[0].startswith(beginning)
        try:
            wait_until(is_told, beginning, 30)
        except AssertionError:
            self.assertEqual(self.why(page), [beginning])
        return self.why(page)

    def test_says_what_is_watched_and_why_nothing_is_seen(self):
        interface = self.testbed.link.server_interface
        page = self.open_page(self.watch())
        watched = self.wait_for_reason(page, "No packet has come so far.")[1]
        self.assertTrue(watched.startswith(f"Watched: {interface} (up), without a capture filter."), watched)
        self.testbed.client.run("ping", "-c", "1", self.testbed.link.server_address)
        self.wait_for_reason(page, "Packets have come, but none of TCP.")
        page.open(f"http://{self.watch('port', '443').address}/#view=map")
        watched = self.wait_for_reason(page, "No TCP packet has passed the capture filter “port 443” so far.")[1]
        self.assertIn("with the capture filter “port 443”", watched)
        self.testbed.server.run("ip", "link", "set", interface, "down")
        self.wait_for_reason(page, f"No connection is seen, because {interface} is down.")
        self.assertIn(f"{interface} (down)", page.text("#agent")[0])

    def test_says_that_a_filter_of_the_page_hides_what_is_known(self):
        agent = self.watch()
        self.own(shop.Shop(self.testbed, clients=1))
        page = self.open_page(agent, "#view=services&filter=no+such+service")
        self.assertIn("matches the filter “no such service”.", self.wait_for_reason(page, "None of the ")[0])
        self.go(page, "#view=connections&filter=port%3A1")
        self.assertIn("matches the filter “port:1”.", self.wait_for_reason(page, "None of the ")[0])
        page.keys("\ue00c")  # Escape
        wait_until(lambda: self.column(page, "connections", "server"), "the connections", 30)
        self.assertEqual(self.why(page), [])
