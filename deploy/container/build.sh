#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds tcpgauge's container image from this checkout. It can be called from any folder.
#
# usage: deploy/container/build.sh [--tool COMMAND] [TAG]
#
# COMMAND is the command that builds a Dockerfile. By default it is the first of these that is installed: 'docker
# build', 'podman build --format docker', 'buildah bud --format docker'. The format is Docker's, because images in
# OCI's format have no HEALTHCHECK. TAG is by default tcpgauge:VERSION.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/../setup.sh"

tool=()
if [ "${1-}" = --tool ]; then
  read -r -a tool <<<"${2-}"
  shift 2
elif command -v docker >/dev/null; then
  tool=(docker build)
elif command -v podman >/dev/null; then
  tool=(podman build --format docker)
elif command -v buildah >/dev/null; then
  tool=(buildah bud --format docker)
fi
[ ${#tool[@]} -gt 0 ] || fail "one of docker, podman and buildah is needed"
version=$(sed -n 's/.*kVersion\[\] *= *"\(.*\)".*/\1/p' "$project/src/base/version.h")
tag=${1:-tcpgauge:$version}

"${tool[@]}" --file "$project/deploy/container/Dockerfile" --tag "$tag" "$project"
say "built $tag"
