# SPDX-License-Identifier: Apache-2.0
"""In the place of what a cluster would say of its pods."""
import http.server
import threading

from support import cleanup


class StateMetrics:
    """What agents on the nodes of two pods say of the pods' addresses, for recipes that join with it; served inside a
    namespace. `pods` are {name: address}."""

    def __init__(self, namespace, pods):
        text = "# TYPE tcpgauge_endpoint_info gauge\n" + "".join(
            f'tcpgauge_endpoint_info{{address="{address}",namespace="shop",pod="{pod}",workload="{pod[:-2]}",'
            'workload_kind="StatefulSet",node="n",zone="z"} 1\n' for pod, address in pods.items())

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        with namespace.entered():
            self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.address = "127.0.0.1:%d" % self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        cleanup.keep(self)

    def close(self):
        cleanup.release(self)
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
