#!/usr/bin/env bash
# make-base.sh IMAGE: a stand-in for debian:bookworm-slim by debootstrap, for hosts that reach no image registry.
set -euo pipefail
image=${1:?} cache=${CACHE:?} suite=bookworm
tarball=$cache/debian-$suite.tar
mkdir -p "$cache"
if [ ! -s "$tarball" ]; then
    root=$(mktemp -d "$cache/rootfs.XXXXXX")
    trap 'rm -rf "$root"' EXIT
    # Either form of apt's own list; which of the two exists differs between hosts.
    sources=$(grep -lis '^URIs:\|^deb ' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list | head -1 || true)
    [ -n "$sources" ] || { echo "no apt sources to take the mirror from" >&2; exit 1; }
    mirror=$(awk '/^URIs:/ {print $2; exit} /^deb / {print $2; exit}' "$sources")
    debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$cache/debootstrap.log" 2>&1 ||
        { tail -20 "$cache/debootstrap.log" >&2; exit 1; }
    rm -f "$root/etc/apt/sources.list"
    case $sources in
    *.sources) cp "$sources" "$root/etc/apt/sources.list.d/debian.sources" ;;
    *) cp "$sources" "$root/etc/apt/sources.list" ;;
    esac
    printf '%s\n' 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };' \
        'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";' >"$root/etc/apt/apt.conf.d/docker-clean"
    printf 'path-exclude /usr/share/%s/*\n' doc man locale >"$root/etc/dpkg/dpkg.cfg.d/docker"
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/* \
        "$root"/etc/resolv.conf "$root"/etc/hostname
    tar -C "$root" --numeric-owner -cf "$tarball.new" .
    mv "$tarball.new" "$tarball"
fi
docker import -c 'CMD ["bash"]' "$tarball" "$image" >/dev/null
