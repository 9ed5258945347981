# SPDX-License-Identifier: Apache-2.0
"""The files of a service account, and authorities that sign certificates of the API server."""
import os
import shutil
import ssl
import subprocess
import tempfile
import unittest

_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Account:
    """A folder that any user may read, until close()."""

    def __init__(self):
        if not shutil.which("openssl"):
            raise unittest.SkipTest("openssl is missing")
        self._folder = tempfile.TemporaryDirectory()
        os.chmod(self._folder.name, 0o755)

    def close(self):
        self._folder.cleanup()

    def path(self, name):
        return os.path.join(self._folder.name, name)

    def write(self, name, content):
        """Replaces the file, as the kubelet does."""
        with open(self.path("new"), "w", encoding="ascii") as file:
            file.write(content)
        os.chmod(self.path("new"), 0o644)
        os.replace(self.path("new"), self.path(name))

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def make_authority(self, name):
        """Makes NAME.pem, and a certificate of the API server that it signs; returns the server's TLS."""
        self._openssl("req", "-x509", *_CURVE, "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out",
                      f"{name}.pem")
        self._openssl("req", *_CURVE, "-subj", "/CN=api", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                      f"{name}-api.key", "-out", f"{name}-api.csr")
        self._openssl("x509", "-req", "-in", f"{name}-api.csr", "-CA", f"{name}.pem", "-CAkey", f"{name}.key",
                      "-CAcreateserial", "-days", "2", "-copy_extensions", "copy", "-out", f"{name}-api.pem")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.present(tls, name)
        tls.num_tickets = 0  # as after a restart of the server: no client may resume its former session
        return tls

    def present(self, tls, name):
        """From now on, the server shows the certificate that the authority signed."""
        tls.load_cert_chain(self.path(f"{name}-api.pem"), self.path(f"{name}-api.key"))

    def _openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self._folder.name, check=True, capture_output=True, timeout=60)
