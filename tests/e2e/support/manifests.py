# SPDX-License-Identifier: Apache-2.0
"""The objects that users send to Kubernetes: what kustomize and Helm make of the shipped files."""
import functools
import json
import os
import re
import shutil
import subprocess
import tempfile

import yaml
from support import kube_programs, shipped

OVERLAYS = ("base", "overlays/prometheus-operator", "overlays/scrape-annotations", "overlays/opentelemetry",
            "overlays/secure")
# The levels of --identity, and what each may ask of the Kubernetes API: {(group, resource)}. The first needs no component.
_PODS = {("", "pods")}
LEVELS = {"local": set(), "node": _PODS, "cluster": _PODS | {("", "services"), ("discovery.k8s.io", "endpointslices")}}
CHART = "deploy/helm/tcpgauge"


def kustomized(overlay, level="local", settings=None):
    """The objects that `kubectl apply -k` would send, once the component of the level was added to the overlay, or what
    `settings` add, which are a kustomization beside a checkout in the folder tcpgauge."""
    if settings is None and level != "local":
        settings = {"components": [f"../tcpgauge/deploy/kubernetes/components/identity-{level}"]}
    return _parsed(_kustomized_text(overlay, json.dumps(settings or {})))


@functools.lru_cache(None)
def _kustomized_text(overlay, settings):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(shipped.path("deploy/kubernetes"), os.path.join(folder, "tcpgauge/deploy/kubernetes"))
        chosen = os.path.join(folder, "chosen")
        os.mkdir(chosen)
        with open(os.path.join(chosen, "kustomization.yaml"), "w") as file:
            json.dump({"resources": [f"../tcpgauge/deploy/kubernetes/{overlay}"], **json.loads(settings)}, file)
        done = subprocess.run([kube_programs.kubectl(), "kustomize", chosen], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def every_choice():
    """Each overlay with each level: (overlay, level, objects)."""
    return [(overlay, level, kustomized(overlay, level)) for overlay in OVERLAYS for level in LEVELS]


def helm_template(values, major=max(kube_programs.HELMS), release="tcpgauge", namespace="tcpgauge"):
    """`helm template` of the chart with these values: its CompletedProcess."""
    return subprocess.run([kube_programs.helm(major), "template", release, shipped.path(CHART), "--namespace", namespace,
                           "--values", "-"], input=json.dumps(values), capture_output=True, text=True)


def charted(values, **more):
    """The objects that Helm makes of the chart with these values."""
    done = helm_template(values, **more)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return _parsed(done.stdout)


def _parsed(text):
    # libyaml, because the recording rules are long.
    return [each for each in yaml.load_all(text, yaml.CSafeLoader) if each]


def of_kind(objects, kind):
    found, = (each for each in objects if each["kind"] == kind)
    return found


def pod_of(objects):
    return of_kind(objects, "DaemonSet")["spec"]["template"]


def container_of(objects):
    container, = pod_of(objects)["spec"]["containers"]
    return container


def options_of(container):
    """A regular expression for each option that the container is told by a word or a variable, as --help writes it."""
    words = [re.escape(word.split("=")[0]) for word in container["args"] if re.match("--.", word)]
    return words + ["--" + each["name"][len("TCPGAUGE_"):].lower().replace("_", "[.-]")
                    for each in container["env"] if each["name"].startswith("TCPGAUGE_")]
