/** How to get a driver, system by system. */

export interface Advice {
  readonly system: string;
  readonly steps: readonly string[];
}

/** What to do on each system to get an adapter; `vaec devices` shows all of it. */
export const advice: readonly Advice[] = [
  {
    system: 'Debian 12',
    steps: [
      'its own Mesa 22.3 is too old for WebGPU; the backport is not:',
      "add the suite to apt's sources: sudo sed -i 's/^Suites: bookworm .*/& bookworm-backports/' /etc/apt/sources.list.d/debian.sources",
      'sudo apt-get update && sudo apt-get install -t bookworm-backports mesa-vulkan-drivers libvulkan1',
    ],
  },
  {
    system: 'Ubuntu 24.04 and newer, Debian 13 and newer',
    steps: ['sudo apt-get install mesa-vulkan-drivers libvulkan1'],
  },
  {
    system: 'Linux with an NVIDIA card',
    steps: [
      "install the NVIDIA driver of your distribution and libvulkan1; in a container, add the 'graphics' capability",
    ],
  },
  { system: 'macOS', steps: ['nothing to install: Metal is part of macOS 12 and newer'] },
  { system: 'Windows', steps: ["nothing to install: Direct3D 12 comes with Windows; update the card's driver"] },
];

/** One sentence for this system, for the message when no adapter is found. */
export function installAdvice(platform: NodeJS.Platform = process.platform): string {
  switch (platform) {
    case 'linux':
      return (
        'Install a Vulkan driver: on Ubuntu "sudo apt-get install mesa-vulkan-drivers libvulkan1"; on Debian 12 the same ' +
        'with "-t bookworm-backports", because its own Mesa is too old (this also brings lavapipe, which computes on ' +
        'the processor); for an NVIDIA card its own driver. "vaec devices" tells what was found and what was refused'
      );
    case 'darwin':
      return 'macOS 12 or newer brings Metal, which is all that is needed; "vaec devices" tells what was refused';
    case 'win32':
      return 'Update the driver of the graphics card (Direct3D 12 is needed); "vaec devices" tells what was refused';
    default:
      return '"vaec devices" tells how to get a driver for each system';
  }
}
