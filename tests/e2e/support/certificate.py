# SPDX-License-Identifier: Apache-2.0
"""Makes a key and a certificate that it signs itself, and the web configuration that uses them."""
import os
import shutil
import ssl
import subprocess
import unittest

_NEW = ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=agent -addext "
        "subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem -days 2").split()


def write_certificate(folder):
    """Writes cert.pem and key.pem."""
    if not shutil.which("openssl"):
        raise unittest.SkipTest("openssl is missing")
    subprocess.run(["openssl", *_NEW], cwd=folder, capture_output=True, check=True)


def write_tls_config(folder, more=""):
    """Writes a certificate and web.yml, with the lines `more` at its end, and returns the path of web.yml."""
    write_certificate(folder)
    path = os.path.join(folder, "web.yml")
    with open(path, "w") as file:
        file.write(f"tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n{more}")
    return path


def client_context(folder):
    """Trusts that certificate alone."""
    return ssl.create_default_context(cafile=os.path.join(folder, "cert.pem"))
