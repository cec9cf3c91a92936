import { arch } from 'node:os';
import type { Resources } from '@oakring/contracts';
import type { GuestImage } from './guest-image.js';

/** What QEMU emulates where there is no KVM, or runs at the machine's own speed where there is. */
export type Accelerator = 'kvm' | 'tcg';

/** Of a job that reserves no memory. */
const leastMemoryMiB = 16;

export interface Machine {
  readonly image: GuestImage;
  readonly resources: Resources;
  readonly accelerator: Accelerator;
  /** Path of the monitor's socket. */
  readonly monitor: string;
  /** Handed to the kernel; null where nothing is. */
  readonly kernelArguments: string | null;
  /** Path of a file for the guest: its environment, a `NAME=value` a line. */
  readonly environment: string;
  readonly forwards: readonly Forward[];
}

/** A port of the guest, and where it is reached from outside. */
export interface Forward {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly published: number;
  readonly port: number;
}

/** Name of the program that runs guests of this machine's architecture. */
export function qemuProgram(): string {
  return arch() === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64';
}

/**
 * Its arguments. The console is the program's own output, a restart of the guest is its end, and nothing of the
 * machine is given to it but what stands here: neither a configuration of the user's, nor a display or a
 * parallel port.
 */
export function qemuArguments(machine: Machine): readonly string[] {
  const { image, resources, accelerator, monitor, kernelArguments, environment, forwards } =
    machine;
  const cores = Math.max(1, Math.ceil(resources.cpuMillis / 1000));
  return [
    '-nodefaults',
    '-no-user-config',
    ...['-display', 'none'],
    ...(arch() === 'arm64' ? ['-machine', 'virt'] : []),
    ...['-accel', accelerator],
    ...['-cpu', accelerator === 'kvm' ? 'host' : 'max'],
    ...['-smp', String(cores)],
    ...['-m', `${Math.max(leastMemoryMiB, resources.memoryMiB)}M`],
    ...['-action', 'reboot=shutdown,shutdown=poweroff,panic=shutdown'],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-qmp', `unix:${escaped(monitor)},server=on,wait=off`],
    // What the guest could make of a fault in QEMU.
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    // No ROM of its own: nothing is booted from a network.
    ...['-netdev', ['user,id=net', ...forwards.map(forwardOf)].join(',')],
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
    ...bootOf(image),
    ...(kernelArguments === null ? [] : ['-append', kernelArguments]),
    // As a file: what stands in a command line is for everybody to read.
    ...['-fw_cfg', `name=opt/org.oakring/environment,file=${escaped(environment)}`],
  ];
}

/** A disk is written to a file that ends with the machine: the image stays as it is. */
function bootOf({ path, kind }: GuestImage): readonly string[] {
  if (kind === 'kernel') return ['-kernel', path];
  return ['-drive', `file=${escaped(path)},format=${kind},if=virtio,snapshot=on`];
}

function forwardOf({ protocol, address, published, port }: Forward): string {
  return `hostfwd=${protocol}:${address}:${published}-:${port}`;
}

/** A comma ends an option's value; twice, it is one. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}
