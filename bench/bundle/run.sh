#!/bin/sh
# The benchmark from an unpacked bundle, with whatever PyTorch and JAX the machine's python3 (or $PYTHON) has:
#   ./run.sh --device webgpu --filter "step mnist-vae"
# Needs Linux on x86-64; no network, no Node, nothing installed.
set -eu
cd "$(dirname "$0")"

libraries=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)
has() { case "$libraries" in *"$1"*) true ;; *) false ;; esac; }

# Containers often have a GPU's driver without the loader that finds it, or without the file that tells of it.
has libvulkan.so.1 || export LD_LIBRARY_PATH="$PWD/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
if [ -z "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] &&
  ! ls /usr/share/vulkan/icd.d/nvidia*.json /etc/vulkan/icd.d/nvidia*.json >/dev/null 2>&1; then
  if [ -e /usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json ]; then
    export VK_DRIVER_FILES=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
  elif has libGLX_nvidia.so.0; then
    export VK_DRIVER_FILES="$PWD/lib/nvidia_icd.json"
  fi
fi

VAEC_BENCH_REVISION=$(cat REVISION)
export VAEC_BENCH_REVISION
exec bin/node --import tsx bench/bench.ts --data data --python "${PYTHON:-python3}" "$@"
