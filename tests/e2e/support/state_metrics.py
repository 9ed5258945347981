# SPDX-License-Identifier: Apache-2.0
"""In the place of kube-state-metrics."""
import http.server
import threading

from support import cleanup


class StateMetrics:
    """What kube-state-metrics says of two pods, for recipes that join with it; served inside a namespace."""

    def __init__(self, namespace, pods):
        text = "# TYPE kube_pod_info gauge\n" + "".join(
            f'kube_pod_info{{namespace="shop",pod="{pod}",pod_ip="{address}",host_network="false",node="n"}} 1\n'
            for pod, address in pods.items())

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
