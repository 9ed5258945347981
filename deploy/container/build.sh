#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds tcpgauge's container image from this checkout. It can be called from any folder.
#
# usage: deploy/container/build.sh [--tool COMMAND] [--base IMAGE] [TAG]
#
# COMMAND is the command that builds a Dockerfile. By default it is the first of these whose program works here: 'docker
# build', 'podman build --format docker', 'buildah bud --format docker'. A docker without a daemon does not work. The
# format is Docker's, because images in OCI's format have no HEALTHCHECK. IMAGE is what the image is based on, best by its
# digest (docker.io/library/debian@sha256:...); by default it is docker.io/library/debian:bookworm-slim, whatever that is
# today. TAG is by default tcpgauge:VERSION.
#
# The labels of the image say its version, its commit and, if the remote 'origin' is on a web server, its source.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR disable=SC1091
source "$(dirname -- "${BASH_SOURCE[0]}")/../setup.sh"

readonly patience=20 # seconds for a builder to say whether it works: a daemon may be far away, or gone

# Sets `tool` to the first builder that works, or says why none does.
find_tool() {
  local name said why=
  for name in docker podman buildah; do
    if ! command -v "$name" >/dev/null; then
      why+="; $name is not installed"
    elif said=$(timeout "$patience" "$name" info 2>&1); then
      case $name in
        docker) tool=(docker build) ;;
        podman) tool=(podman build --format docker) ;;
        buildah) tool=(buildah bud --format docker) ;;
      esac
      return
    else
      why+="; $name does not work: $(tail -n 1 <<<"$said")"
    fi
  done
  fail "one of docker, podman and buildah is needed${why/;/:}"
}

# The address of the remote, without a user's name or password; nothing if it is a path of this machine.
source_address() {
  as_owner git config --get remote.origin.url | sed -En \
    -e 's|\.git$||; s|^git@([^:/]+):|https://\1/|; s|^https://[^/@]*@|https://|; /^https:/p' || true
}

tool=()
more=()
while [ $# -gt 0 ]; do
  case $1 in
    --tool) read -r -a tool <<<"${2:?--tool needs a command}" && shift 2 ;;
    --base) more+=(--build-arg "BASE=${2:?--base needs an image}") && shift 2 ;;
    -*) fail "unknown option $1; usage: build.sh [--tool COMMAND] [--base IMAGE] [TAG]" ;;
    *) break ;;
  esac
done
[ $# -le 1 ] || fail "unexpected '$2'; usage: build.sh [--tool COMMAND] [--base IMAGE] [TAG]"
[ ${#tool[@]} -gt 0 ] || find_tool
version=$(sed -n 's/.*kVersion\[\] *= *"\(.*\)".*/\1/p' "$project/src/base/version.h")
tag=${1:-tcpgauge:$version}
revision=$(as_owner deploy/workspace_status.sh | sed -n 's/^STABLE_COMMIT //p')
source=$(source_address)
[ -z "$source" ] || more+=(--label "org.opencontainers.image.source=$source")

"${tool[@]}" --file "$project/deploy/container/Dockerfile" --tag "$tag" --build-arg "REVISION=$revision" \
  --label "org.opencontainers.image.version=$version" --label "org.opencontainers.image.revision=$revision" \
  "${more[@]}" "$project"
say "built $tag"
