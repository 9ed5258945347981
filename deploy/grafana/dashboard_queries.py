# SPDX-License-Identifier: Apache-2.0
"""What the dashboards ask: variables, and the parts of expressions that several panels share."""
from dashboard_model import link_to, matching, query, target

RATE = "[$__rate_interval]"
NODES = matching(job="$job", instance="$instance")
ALL_NODES = matching(job="$job")
SERVICE = matching(job="$job", server_address="$server_address", server_port="$server_port")
EDGE = "client_address, server_address, server_port"
LISTENER = "by (address, port, workload)"
CONNECTION = "client_address, client_port, server_address, server_port, interface"
NAMED = 'server_address!="other"'
EDGE_HEADINGS = {"client_address": "Client", "server_address": "Server", "server_port": "Port"}
NAMES = {"client_namespace": "Client namespace", "client_workload": "Client workload", "server_namespace": "Server namespace",
         "server_workload": "Server workload"}
NAMED_EDGE = f"{EDGE}, {', '.join(NAMES)}"
PAIR_HEADINGS = {**NAMES, "server_port": "Port"}
PAIR = ", ".join(PAIR_HEADINGS)
PAIR_LEGEND = "{{client_namespace}} {{client_workload}} to {{server_namespace}} {{server_workload}} {{server_port}}"

JOB = query("job", "Job", "label_values(tcpgauge_build_info, job)", "The scrape job of the agents.")
INSTANCE = query("instance", "Node", 'label_values(tcpgauge_build_info{job=~"$job"}, instance)',
                 "The nodes that are shown: one agent each.")
ONE_INSTANCE = query("instance", "Node", 'label_values(tcpgauge_build_info{job=~"$job"}, instance)',
                     "The node that is shown.", multiple=False)
SERVER_ADDRESS = query("server_address", "Server",
                       "label_values(tcpgauge_edge_connections{job=~\"$job\",server_address!=\"other\"}, server_address)",
                       "The server's address. Servers without an edge of their own are not listed.", multiple=False)
SERVER_PORT = query("server_port", "Port",
                    "label_values(tcpgauge_edge_connections{job=~\"$job\",server_address=~\"$server_address\"}, server_port)",
                    "The server's port.", multiple=False)
CLIENT_ADDRESS = query("client_address", "Client",
                       "label_values(tcpgauge_edge_connections{job=~\"$job\",client_address!=\"other\"}, client_address)",
                       "The client's address. Clients without an edge of their own are not listed.", multiple=False)

TO_SERVICE = link_to("tcpgauge-service", "This service", server_address="${__data.fields.Server}", server_port="${__value.raw}")
TO_CLIENT = link_to("tcpgauge-client", "This client", client_address="${__value.raw}")


def rate(metric, selector=NODES):
    return f"rate({metric}{selector}{RATE})"


def total(expression, by="", keep=""):
    """Sums `expression` by the labels in `by`. Without `by`, sums for each node, and within it by the label `keep`."""
    labels = by or ("job, instance" + (f", {keep}" if keep else ""))
    return f"sum by ({labels}) ({expression})"


def both(prefix, suffix, selector=NODES):
    """The rates of clients and of servers, added."""
    return f"{rate(f'{prefix}_client_{suffix}', selector)} + {rate(f'{prefix}_server_{suffix}', selector)}"


def selecting(extra):
    return NODES[:-1] + "," + extra + "}"


def recorded(name, selector=ALL_NODES, operation="rate5m"):
    """A series of the recorded level, in which an edge counts once. What two jobs see counts once, too."""
    return f"max without (job) (edge:tcpgauge_edge_{name}:{operation}{selector})"


def recorded_payload(selector=ALL_NODES):
    return f"{recorded('client_payload_bytes', selector)} + {recorded('server_payload_bytes', selector)}"


def services(name):
    """A recorded series of services. What two jobs see counts once, too."""
    return f"max by (server_address, server_port) (server:tcpgauge_edge_{name}{ALL_NODES})"


LOSS = "Segments that were sent again or came out of order, as a share of those with payload"
PAYLOAD = both("tcpgauge", "payload_bytes_total")
LOST = f"{both('tcpgauge', 'retransmitted_segments_total')} + {rate('tcpgauge_out_of_order_segments_total')}"
SEGMENTS = rate("tcpgauge_segments_total")
NAMED_EDGES = both("tcpgauge_edge", "payload_bytes_total", selecting(NAMED))
OTHER_EDGES = both("tcpgauge_edge", "payload_bytes_total", selecting('server_address="other"'))
DROPPED = rate("tcpgauge_capture_dropped_packets_total")
CAPTURED = rate("tcpgauge_capture_packets_total")
ESTABLISHED = "tcpgauge_connections" + selecting('state="established"')
FAILED = rate("tcpgauge_connections_closed_total", selecting('reason=~"refused|handshake_timeout"'))


def ratio(part, whole, by="job, instance"):
    return f"{total(part, by)} / ({total(whole, by)} > 0)"


def dropped(by=""):
    """The share of packets that the kernel dropped, or that were lost between workers."""
    lost, seen = (f"sum by ({by}) ({each})" if by else f"sum({each})" for each in (DROPPED, CAPTURED))
    return f"{lost} / ({seen} + {lost} > 0)"


def ratio_of_all(part, whole):
    return f"sum({part}) / (sum({whole}) > 0)"


def quantile(share, histogram, by="", selector=NODES):
    return f"histogram_quantile({share}, sum by ({by + ', ' if by else ''}le) ({rate(histogram + '_bucket', selector)}))"


def quantiles(histogram):
    return [target(quantile(share, histogram), name) for share, name in SHARES]


SHARES = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
# For the descriptions of panels with edge_quantile().
NEEDS_HISTOGRAMS = ("The mean is there in any case. Quantiles need a Prometheus with native histograms, or agents with "
                    "--metrics.edge-buckets.")
WEIGHTS = "In quantiles, an edge that two nodes see counts twice."
NOT_IF_POLLED = "A service that is polled, or that pushes news, always looks slow."


def edge_quantile(share, family, value, selector, by=""):
    """A quantile over edges (`family` is edge or workload_edge) of `value` (handshake_rtt or response): from the native
    histograms, or from the classic buckets that --metrics.edge-buckets gives."""
    def of(metric, labels):
        return f"histogram_quantile({share}, sum{f' by ({labels})' if labels else ''} ({rate(metric, selector)}))"
    native = of(f"tcpgauge_{family}_{value}_distribution_seconds", by)
    classic = of(f"tcpgauge_{family}_{value}_seconds_bucket", f"{by}, le" if by else "le")
    return f"{native} or {classic}"
