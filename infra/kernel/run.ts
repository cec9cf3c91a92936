// `npm run kernel`: what only a kernel with cgroup v2 can show (limits of processes), on one of its own: Debian's, in an
// emulated machine whose whole disk is this worker's code, Node and BusyBox. Needs qemu-system-x86_64, busybox-static and apt.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

const kernelPackage = 'linux-image-cloud-amd64';
const memoryMiB = 1_024;
/** Many times what a healthy run takes. */
const patienceMs = 600_000;

/** The first program of the machine. */
const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mkdir -p /usr/bin /usr/sbin /sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t cgroup2 cgroup /sys/fs/cgroup
mount -t tmpfs tmp /tmp
# A quarter of it is what one instance may have.
echo 1200 >/proc/sys/kernel/pid_max
node /guest.mjs 2>&1
poweroff -f
`;

const startedMs = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'oakring-kernel-'));
try {
  const kernel = process.env['OAKRING_KERNEL'] ?? downloadedKernel();
  const disk = await madeDisk();
  said('a kernel, and what it starts');
  const lines = await booted(kernel, disk);
  const failed = lines.filter((line) => line.startsWith('not ok '));
  if (!lines.includes('done')) throw new Error('the machine ended before it was done');
  if (failed.length > 0) throw new Error(failed.join('\n'));
  said(`${lines.filter((line) => line.startsWith('ok ')).length} found to be so by a kernel`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Only its file is taken out of the package: nothing is installed. */
function downloadedKernel(): string {
  const depends = run('apt-cache', ['depends', '--important', kernelPackage]);
  const [, name] = /Depends: (linux-image-\S+)/.exec(depends) ?? [];
  if (name === undefined) throw new Error(`apt knows no ${kernelPackage}: apt-get update`);
  const into = join(folder, 'package');
  mkdirSync(into);
  run('apt-get', ['download', '-qq', name], into);
  const [archive = ''] = readdirSync(into);
  run('dpkg-deb', ['-x', archive, '.'], into);
  const [image = ''] = readdirSync(join(into, 'boot')).filter((each) => each.startsWith('vmlinuz'));
  return join(into, 'boot', image);
}

/** An archive that the kernel unpacks and starts `/init` of. */
async function madeDisk(): Promise<string> {
  const root = join(folder, 'root');
  for (const each of ['bin', 'proc', 'sys', 'dev', 'tmp'])
    mkdirSync(join(root, each), { recursive: true });
  const busybox = run('sh', ['-c', 'command -v busybox']).trim();
  cpSync(busybox, join(root, 'bin/busybox'), { dereference: true });
  for (const file of [process.execPath, ...librariesOf(process.execPath)]) {
    const to = file === process.execPath ? join(root, 'bin/node') : join(root, file);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(file, to, { dereference: true });
  }
  await build({
    entryPoints: [join(import.meta.dirname, 'guest.ts')],
    outfile: join(root, 'guest.mjs'),
    ...({ bundle: true, format: 'esm', platform: 'node', target: 'node20.19' } as const),
    external: ['dockerode'],
    logLevel: 'warning',
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
  });
  writeFileSync(join(root, 'init'), init);
  chmodSync(join(root, 'init'), 0o755);
  const disk = join(folder, 'disk.cpio');
  run('sh', ['-c', `find . | busybox cpio -o -H newc >${disk}`], root);
  return disk;
}

function librariesOf(program: string): readonly string[] {
  return [...run('ldd', [program]).matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

async function booted(kernel: string, disk: string): Promise<readonly string[]> {
  const machine = spawn(
    'qemu-system-x86_64',
    [
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
      // Not KVM: what of it works in a virtual machine is different on each.
      ...['-accel', 'tcg', '-cpu', 'max', '-m', `${memoryMiB}M`],
      ...['-kernel', kernel, '-initrd', disk, '-serial', 'stdio'],
      ...['-append', 'console=ttyS0 quiet panic=-1 cgroup_no_v1=all'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const limit = setTimeout(() => machine.kill('SIGKILL'), patienceMs);
  const lines: string[] = [];
  createInterface({ input: machine.stdout }).on('line', (line) => {
    lines.push(line.trim());
    console.log(line.trim());
  });
  await once(machine, 'close');
  clearTimeout(limit);
  return lines;
}

function run(program: string, args: readonly string[], cwd = folder): string {
  return execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function said(what: string): void {
  console.log(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${what}`);
}
