#!/usr/bin/env bash
# Proves that a bundle needs nothing else: unpacks ARCHIVE into an otherwise empty root that holds only libc, libstdc++ and a
# shell, and runs the bench's smoke preset there without network, as nobody, with an empty home. Needs root (unshare, chroot).
set -euo pipefail
archive=${1:?usage: scripts/try-bundle.sh ARCHIVE}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
copy() { for file in "$@"; do mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"; done; }
copy /bin/sh /usr/bin/dirname /usr/bin/readlink
for program in /bin/sh /usr/bin/dirname /usr/bin/readlink "$(command -v node)"; do
  copy $(ldd "$program" | grep -o '/[^ ]*')
done
copy $(ldconfig -p | awk '/librt.so.1 .*x86-64/ { print $NF; exit }')
mkdir -p "$root"/{dev,tmp,home/nobody} && mknod "$root/dev/null" c 1 3 && mknod "$root/dev/urandom" c 1 9
chmod 666 "$root"/dev/* && chmod 777 "$root/tmp" "$root/home/nobody"
tar -xf "$archive" -C "$root" && chmod -R a+rX "$root"
bench=/$(basename "$archive" | sed 's/\.tar\..*//')/bench
inside() { unshare --net chroot --userspec=65534:65534 "$root" /usr/bin/env -i HOME=/home/nobody PATH=/usr/bin:/bin "$@"; }
copy /usr/bin/env
inside "$bench" doctor
inside "$bench" run --preset smoke --out /home/nobody/results
test -s "$root/home/nobody/results/report.html"
for engine in onnxruntime-node onnxruntime-web tfjs-wasm; do
  inside "$bench" speed --architecture tiny --batch 4 --steps 2 --no-pytorch --engine "$engine"
done
du -sh "$root${bench%/bench}" | cut -f1
