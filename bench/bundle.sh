#!/usr/bin/env bash
# Packs the benchmark into one archive for a Linux machine on x86-64 with a GPU's driver and no network:
#   bench/bundle.sh [ARCHIVE]        (vaec-bench.tar.xz)
# There: tar xf vaec-bench.tar.xz && vaec-bench/run.sh --help. It measures against the PyTorch and the JAX of that machine,
# and writes its results to vaec-bench/bench/results as here. DATA names the folder that holds mnist/.
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/.."
archive=${1:-vaec-bench.tar.xz}
case "$archive" in /*) ;; *) archive="$here/$archive" ;; esac
data=${DATA:-data}
[ -e "$data/mnist" ] || { echo "there is no $data/mnist: DATA=FOLDER, or node dist/cli/main.js data mnist" >&2; exit 1; }
[ "$(node -p 'process.platform + process.arch')" = linuxx64 ] || { echo 'Linux on x86-64 packs for itself alone' >&2; exit 1; }

node build.mjs
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
into="$staging/vaec-bench"
mkdir -p "$into/bin" "$into/lib" "$into/data" "$into/test"

# Sources, the build, and what they are read with; the build is not made again there as long as its sources are the same.
cp -r grammar compiler runtime cli specs dist package.json package-lock.json build.mjs tsconfig.json tsconfig.build.json "$into"
cp -r test/support test/shared-data.ts "$into/test"
tar c --exclude=bench/node_modules --exclude=bench/results bench | tar x -C "$into"
cp bench/bundle/run.sh "$into/run.sh"
git describe --always --dirty >"$into/REVISION" 2>/dev/null || echo unknown >"$into/REVISION"

# What runs them. Of Dawn only the binary of this platform; of the peers what is small.
node --import tsx bench/bundle/packages.ts tsx | while read -r package; do
  mkdir -p "$into/$package"
  tar c -C "$package" --exclude=./node_modules --exclude='*.map' . | tar x -C "$into/$package"
done
find "$into/node_modules/webgpu/dist" -mindepth 1 -maxdepth 1 ! -name linux-x64 -exec rm -r {} +
if [ -e bench/node_modules/@jax-js/jax ]; then
  mkdir -p "$into/bench/node_modules/@jax-js"
  cp -rL bench/node_modules/@jax-js/jax "$into/bench/node_modules/@jax-js/jax"
fi
cp -L "$(command -v node)" "$into/bin/node"
cp -rL "$data/mnist" "$into/data/mnist"
loader=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | sed -n 's/.*libvulkan\.so\.1 .*=> //p' | head -n 1)
[ -n "$loader" ] || { echo 'there is no libvulkan.so.1 to pack: apt-get install libvulkan1' >&2; exit 1; }
cp -L "$loader" "$into/lib/libvulkan.so.1"
cat >"$into/lib/nvidia_icd.json" <<'JSON'
{ "file_format_version": "1.0.0", "ICD": { "library_path": "libGLX_nvidia.so.0", "api_version": "1.3.0" } }
JSON

tar c -C "$staging" vaec-bench | xz -T0 -6 >"$archive"
echo "$archive: $(du -m "$archive" | cut -f1) MiB"
