// What workers of Oakestra say of their machines.

/** A few members of a heartbeat have something in them … */
export const measured = {
  ...{ cpu_percent: 12.5, vcpus: 4, memory_percent: 25.5, memory: 3_000, gpu_driver: '-' },
  ...{ gpu_temp: 0, gpu_usage: 0, vram: 0, vram_percent: 0, vgpus: 0 },
};

/** … and all others are there and empty. */
export const emptied = {
  ...{ id: '', host: '', port: '', architecture: '', system_info: null, disk_info: null },
  ...{ network_info: null, virtualization: null, supported_addons: null, csi_drivers: null },
  ...{ Overlay: false, OverlaySocket: '', LogDirectory: '', ClusterAddress: '', NetManagerPort: 0 },
};

/** The name of machine number `number`. */
export function hostName(number: number): string {
  return `edge-${number}`;
}

/** Its addresses. */
export function addressesOf(number: number): { readonly ip: string; readonly mac: string } {
  const bytes = [number >> 8, number & 255];
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  return { ip: `10.0.${bytes.join('.')}`, mac: `52:54:00:00:${digits.join(':')}` };
}

/** Of machine number `number`, when it registers. */
export function machineNumber(number: number): object {
  const host = hostName(number);
  const { ip, mac } = addressesOf(number);
  return {
    ...{ ...emptied, ...measured, host, ip, port: '3000' },
    ...{ architecture: 'amd64', virtualization: ['docker'], memory: 8_000 },
    system_info: { full_stats: JSON.stringify({ hostid: host }) },
    network_info: { eth0: mac },
    ...{ disk_info: {}, supported_addons: [], csi_drivers: [] },
  };
}
