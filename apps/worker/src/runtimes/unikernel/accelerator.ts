import { execFile } from 'node:child_process';
import { access, constants, rm, writeFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { qemuArguments, type Accelerator } from './qemu-command.js';
import { tinyGuest } from './tiny-guest.js';

const device = '/dev/kvm';
/** What a working one needs is a fraction of a second, on a slow machine one or two. */
const endsWithinMs = 5_000;

/**
 * KVM where it works. That its device is there proves nothing: in a virtual machine it may be opened and
 * run no guest. So one is run that ends at once (on x86; elsewhere the device is taken at its word).
 */
export async function accelerator(
  qemu: string,
  folder: string,
  signal: AbortSignal,
): Promise<Accelerator> {
  if (!(await canOpen(device))) return 'tcg';
  if (arch() !== 'x64') return 'kvm';
  const path = join(folder, 'probe.img');
  try {
    await writeFile(path, tinyGuest('power-off'), { mode: 0o600 });
    const machine = qemuArguments({
      image: { path, kind: 'kernel' },
      resources: { cpuMillis: 1000, memoryMiB: 16 },
      accelerator: 'kvm',
      monitor: join(folder, 'probe.sock'),
      kernelArguments: null,
      environment: path,
      forwards: [],
    });
    await promisify(execFile)(qemu, machine, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(endsWithinMs)]),
      killSignal: 'SIGKILL',
    });
    return 'kvm';
  } catch {
    return 'tcg';
  } finally {
    await rm(path, { force: true });
    await rm(join(folder, 'probe.sock'), { force: true });
  }
}

function canOpen(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}
