#!/usr/bin/env bash
# Proves that a bundle needs nothing else: unpacks ARCHIVE into an otherwise empty root that holds only libc, libstdc++ and a
# shell, and runs the bench's smoke preset there without network, as nobody, with an empty home. Where chromium is installed, its
# software adapter goes in too, and each WebGPU engine takes two steps on it. Needs root (unshare, chroot).
set -euo pipefail
archive=${1:?usage: scripts/try-bundle.sh ARCHIVE}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
copy() { for file in "$@"; do mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"; done; }
copy /bin/sh /usr/bin/dirname /usr/bin/readlink
for program in /bin/sh /usr/bin/dirname /usr/bin/readlink "$(command -v node)"; do
  copy $(ldd "$program" | grep -o '/[^ ]*')
done
copy $(ldconfig -p | awk '/librt.so.1 .*x86-64/ && !path { path = $NF } END { print path }')
mkdir -p "$root"/{dev,tmp,home/nobody} && mknod "$root/dev/null" c 1 3 && mknod "$root/dev/urandom" c 1 9
chmod 666 "$root"/dev/* && chmod 777 "$root/tmp" "$root/home/nobody"
tar -xf "$archive" -C "$root" && chmod -R a+rX "$root"
bench=/$(basename "$archive" | sed 's/\.tar\..*//')/bench
inside() { unshare --net chroot --userspec=65534:65534 "$root" /usr/bin/env -i HOME=/home/nobody PATH=/usr/bin:/bin "$@"; }
copy /usr/bin/env
inside "$bench" doctor
inside "$bench" run --preset smoke --out /home/nobody/results
test -s "$root/home/nobody/results/report.html"
# An engine that cannot is only skipped: here that is a failure.
try() { inside "$@" speed --architecture tiny --batch 4 --steps 2 --no-pytorch --engine "$engine" | tee "$root/tmp/try" && ! grep ^skipped "$root/tmp/try"; }
for engine in onnxruntime-node onnxruntime-web tfjs-wasm; do try "$bench"; done
driver=/usr/lib/chromium/libvk_swiftshader.so
loader=$(ldconfig -p | awk '/libvulkan.so.1 .*x86-64/ && !path { path = $NF } END { print path }')
if [ -e "$driver" ] && [ -n "$loader" ]; then
  copy "$driver" "${driver%/*}/vk_swiftshader_icd.json" "/usr${loader#/usr}"
  copy $(ldd "$driver" "$loader" | grep -o ' /[^ ]*')
  for engine in onnxruntime-webgpu onnxruntime-web-webgpu tfjs-webgpu; do try /usr/bin/env IDINIT_SOFTWARE_GPU=1 "$bench"; done
  inside /usr/bin/env IDINIT_SOFTWARE_GPU=1 "$bench" doctor
else
  echo "no WebGPU engine was tried: chromium and libvulkan1 have the software adapter"
fi
du -sh "$root${bench%/bench}" | cut -f1
