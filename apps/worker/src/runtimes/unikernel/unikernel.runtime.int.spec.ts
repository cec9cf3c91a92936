import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { connect, createServer as createMonitor, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { OutputFolder } from '../instance-output.js';
import { ProcessRuntime } from '../process.runtime.js';
import { keepsTheRuntimeContract, toStart } from '../runtime.contract.js';
import type { InstanceExit } from '../runtime.port.js';
import { endInstancesOf } from '../testing/end-instances.js';
import { processesWith, until } from '../testing/processes.js';
import { accelerator } from './accelerator.js';
import { environmentPath } from './guest-files.js';
import { qemuHere } from './qemu-here.js';
import { Qmp } from './qmp.js';
import { tinyGuest } from './tiny-guest.js';
import { UnikernelRuntime } from './unikernel.runtime.js';

const qemu = qemuHere();
if (qemu === null) process.stderr.write('NOT TESTED here: unikernels (no QEMU)\n');
const address = { job: 'web', instance: 0, generation: 1 };

let folder = '';
let runtime: UnikernelRuntime;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-uni-'));
  mkdirSync(join(folder, 'images'));
  for (const then of ['sleep', 'power-off', 'crash'] as const) {
    writeFileSync(image(then), tinyGuest(then));
  }
});
afterEach(async () => {
  await endInstancesOf(join(folder, 'instances'));
  // What was killed a moment ago may be there still.
  await until(() => processesWith(folder).length === 0);
  rmSync(folder, { recursive: true });
});

const image = (then: string): string => join(folder, 'images', then);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function opened(program = qemu ?? ''): Promise<UnikernelRuntime> {
  const ports = systemPorts();
  const outputs = new OutputFolder(join(folder, 'output'), ports.clock);
  const parts = {
    qemu: program,
    processes: new ProcessRuntime(ports, { folder: join(folder, 'instances'), outputs }),
    folder: join(folder, 'guests'),
    images: { cache: join(folder, 'cache'), folders: [join(folder, 'images')] },
    ports,
    accelerator: async () => 'tcg' as const,
    // These guests do not listen to their button.
    powerDownMs: 50,
  };
  const open = await UnikernelRuntime.open(parts);
  if (typeof open === 'string') throw new Error(open);
  return open;
}

const suite = qemu === null ? describe.skip : describe;

suite('The unikernel runtime', () => {
  keepsTheRuntimeContract(async () => {
    const subject = await opened();
    return {
      runtime: subject,
      lasting: { image: image('sleep') },
      ending: () => null,
      script: () => null,
      impossible: { job: { image: join(folder, 'images', 'none') }, names: /is no file below/ },
      printing: { job: { image: image('sleep'), cmd: ['greeting'] }, lines: ['greeting'] },
      runs: async (where) => processesWith(subject.monitorOf(where)).length > 0,
      cleanUp: async () => {},
    };
  });
});

describe('KVM', () => {
  it.each([
    ['is used where a guest ends under it', 'exit 0', existsSync('/dev/kvm') ? 'kvm' : 'tcg'],
    ['is not where none runs', 'exit 1', 'tcg'],
    ['is not while it is not known', 'exec sleep 600', 'tcg'],
  ])('%s', async (_, script, expected) => {
    const program = join(folder, 'qemu');
    writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const closing = new AbortController();
    const found = accelerator(program, folder, closing.signal);
    if (script.includes('sleep')) closing.abort();
    expect(await found).toBe(expected);
    expect(existsSync(join(folder, 'probe.img'))).toBe(false);
  });
});

suite('A guest whose worker ends', () => {
  const away = async (meanwhile: (qmp: Qmp) => Promise<unknown>): Promise<UnikernelRuntime> => {
    const first = await opened();
    await first.existing();
    const job = { image: image('sleep') };
    await first.start(toStart(address, job), new AbortController().signal, () => {});
    await first.close();
    const { timers } = systemPorts();
    const { signal } = new AbortController();
    const qmp = await Qmp.connect(first.monitorOf(address), timers, signal, () => {});
    await meanwhile(qmp);
    qmp.close();
    return opened();
  };

  it('leaves what QEMU read of its environment no longer than until another one finds it', async () => {
    const place = environmentPath(join(folder, 'guests'), address);
    const next = await away(async () => writeFileSync(place, 'PASSWORD=hunter2\n'));
    await next.existing();
    await until(() => !existsSync(place));
    await next.stop(address);
    await next.close();
  });

  it('runs on, is found again, and its end is heard', async () => {
    const next = await away(async () => {});
    expect(await next.existing()).toMatchObject([{ ...address, status: 'running' }]);
    const exit = new Promise<InstanceExit>((resolve) => next.onExit((_, how) => resolve(how)));
    for (const pid of processesWith(next.monitorOf(address))) {
      if (isQemu(pid)) process.kill(pid, 'SIGKILL');
    }
    expect(await exit).toMatchObject({ status: 'failed' });
    await next.close();
  });

  it('has failed when it ended meanwhile: how, nobody saw', async () => {
    const next = await away(async (qmp) => {
      await qmp.ask('quit').catch(() => {});
      await qmp.gone;
      while (processesWith(folder).length > 0) await new Promise(setImmediate);
    });
    expect(await next.existing()).toMatchObject([
      { ...address, status: 'failed', reason: expect.stringContaining('nobody saw') },
    ]);
    expect(execFileSync('ls', [join(folder, 'guests')], { encoding: 'utf8' })).toBe('');
    await next.close();
  });
});

describe('A guest whose machine a fault has stopped', () => {
  it('has failed, and is ended: it would stand still for ever', async () => {
    const program = join(folder, 'qemu');
    writeFileSync(program, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    const subject = await opened(program);
    await subject.existing();
    let state = 'running';
    const lines: ((line: object) => void)[] = [];
    const monitor = createMonitor((socket) => {
      const say = (line: object): boolean => socket.write(`${JSON.stringify(line)}\n`);
      lines.push(say);
      say({ QMP: {} });
      socket.on('data', () => say({ return: { status: state } }));
      socket.on('error', () => {});
    }).listen(subject.monitorOf(address));
    await once(monitor, 'listening');
    const exit = new Promise<InstanceExit>((resolve) => subject.onExit((_, how) => resolve(how)));
    const job = { image: image('sleep') };
    await subject.start(toStart(address, job), new AbortController().signal, () => {});
    state = 'internal-error';
    for (const say of lines) say({ event: 'STOP' });
    expect(await exit).toEqual({
      status: 'failed',
      reason: 'its machine stands still: internal-error',
    });
    await subject.close();
    monitor.close();
  });
});

suite('A guest', () => {
  beforeEach(async () => {
    runtime = await opened();
    await runtime.existing();
  });
  afterEach(() => runtime.close());

  it('says on its console what it was given as command line, and has ended well once it shut itself down', async () => {
    const exit = await exitOf({
      image: image('power-off'),
      cmd: ['greeting=a,b'],
      args: ['quiet'],
    });
    expect(exit).toEqual({ status: 'completed', reason: 'the guest shut itself down' });
    const said = readFileSync(join(folder, 'output', 'web.0.log'), 'utf8');
    expect(said).toContain('greeting=a,b quiet');
  });

  it('has failed when it resets itself', async () => {
    expect(await exitOf({ image: image('crash') })).toEqual({
      status: 'failed',
      reason: 'the guest reset itself: it crashed, or restarted',
      lastLines: [expect.stringContaining('crash')],
    });
  });

  it('has failed when QEMU is killed', async () => {
    const exit = new Promise<InstanceExit>((resolve) => runtime.onExit((_, how) => resolve(how)));
    await start({ image: image('sleep') });
    const pids = processesWith(runtime.monitorOf(address));
    for (const pid of pids) if (isQemu(pid)) process.kill(pid, 'SIGKILL');
    expect(await exit).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('SIGKILL'),
    });
  });

  it('fails to start where QEMU takes it for no machine, with its words', async () => {
    const start = runtime.start(
      {
        ...toStart(address, { image: image('sleep') }),
        resources: { cpuMillis: 9_000_000, memoryMiB: 16 },
      },
      new AbortController().signal,
      () => {},
    );
    await expect(start).rejects.toThrow(/CPUs/);
  });

  it('is reached through the ports of the node that its job publishes', async () => {
    const published = await freePort();
    await start({ image: image('sleep'), ports: [`127.0.0.1:${published}:80`] });
    const socket = connect(published, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    await runtime.stop(address);
  });

  it('is not started on a port that is taken, and QEMU’s words say which', async () => {
    const taken = await freePort();
    const other = createServer().listen(taken, '127.0.0.1');
    await once(other, 'listening');
    const job = { image: image('sleep'), ports: [`127.0.0.1:${taken}:80`] };
    await expect(start(job)).rejects.toThrow(String(taken));
    other.close();
  });

  it('whose port nobody answers at is not well, and says which', async () => {
    const published = await freePort();
    const description = {
      image: image('sleep'),
      ports: [`127.0.0.1:${published}:80`],
      health: { http: { port: 80 } },
    };
    await start(description);
    const probe = { by: 'http', port: 80, path: '/' } as const;
    const problem = await runtime.check(toStart(address, description), probe, 500);
    expect(problem).toContain(`http://127.0.0.1:${published}/`);
    await runtime.stop(address);
  });

  it.each([
    [{ health: { tcp: { port: 80 } } }, /only http can be asked, not tcp/],
    [{ health: { command: ['/bin/true'] } }, /only http can be asked, not command/],
    [{ health: { http: { port: 80 } }, ports: ['8080:81'] }, /add "80" to ports/],
  ])('cannot be looked into by other ways than a published port: %j', async (more, reason) => {
    const job = { image: image('sleep'), ...more };
    await expect(start(job)).rejects.toThrow(reason);
    await expect(start(job)).rejects.toMatchObject({ fault: 'job' });
  });

  it('leaves nothing of it behind once it was stopped', async () => {
    await start({ image: image('sleep'), environment: { PASSWORD: 'x' } });
    const [pid = 0] = processesWith(runtime.monitorOf(address));
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('PASSWORD');
    await runtime.stop(address);
    expect(existsSync(runtime.monitorOf(address))).toBe(false);
    expect(execFileSync('ls', [join(folder, 'guests')], { encoding: 'utf8' })).not.toMatch(
      /environment|sock/,
    );
  });

  const start = (description: JsonObject): Promise<void> =>
    runtime.start(toStart(address, description), new AbortController().signal, () => {});

  async function exitOf(description: JsonObject): Promise<InstanceExit> {
    const exited = new Promise<InstanceExit>((resolve) =>
      runtime.onExit((_, exit) => resolve(exit)),
    );
    await start(description).catch(() => {});
    return exited;
  }

  describe('of which the image', () => {
    let server: Server;
    let url = '';
    let asked = 0;
    beforeEach(async () => {
      asked = 0;
      server = createServer((request, response) => {
        asked += 1;
        if (request.url === '/guest') response.end(tinyGuest('sleep'));
        else response.writeHead(404).end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(() => {
      server.close();
    });

    it('lies at an address is fetched once, by its hash', async () => {
      const job = { image: `${url}/guest#sha256=${sha256(tinyGuest('sleep'))}` };
      const heard: string[] = [];
      await runtime.start(toStart(address, job), new AbortController().signal, (what) =>
        heard.push(what),
      );
      await runtime.stop(address);
      await start(job);
      expect(asked).toBe(1);
      expect(heard.at(-1)).toBe(`fetching ${url}/guest: 100 %`);
      await runtime.stop(address);
    });

    it.each([
      [
        'is another one than its hash says',
        () => `${url}/guest#sha256=${'0'.repeat(64)}`,
        /is not what the job names/,
      ],
      ['is not there', () => `${url}/none#sha256=${'0'.repeat(64)}`, /HTTP 404/],
      ['lies at an address, without a hash', () => `${url}/guest`, /add #sha256=/],
      ['has a hash of another kind', () => `${image('sleep')}#md5=00`, /ends with #md5=00/],
      ['is a relative path', () => 'sleep', /neither an absolute path/],
      ['lies outside of the folders', () => '/etc/passwd', /is no file below/],
      ['is outside by a link', () => linked('/etc/passwd'), /is no file below/],
      ['is no image', () => written('text', Buffer.from('hello')), /none that can be booted/],
      [
        'rests on another file',
        () => written('backed', qcow2({ backing: 4096n })),
        /rests on another file/,
      ],
      [
        'has its data elsewhere',
        () => written('apart', qcow2({ features: 4n })),
        /rests on another file/,
      ],
    ])('%s does not start, by the job’s own fault', async (_, named, reason) => {
      const job = { image: named() };
      await expect(start(job)).rejects.toThrow(reason);
      await expect(start(job)).rejects.toMatchObject({ fault: 'job' });
      expect(processesWith(runtime.monitorOf(address))).toEqual([]);
    });

    it('cannot be reached at all does not start, by nobody’s fault but the machine’s', async () => {
      server.close();
      await once(server, 'close');
      const job = { image: `${url}/guest#sha256=${'0'.repeat(64)}` };
      await expect(start(job)).rejects.toThrow(/ECONNREFUSED/);
      await expect(start(job)).rejects.toMatchObject({ fault: 'node' });
    });

    it('is a disk boots from it, and leaves it as it was', async () => {
      const disk = bootSector();
      const exit = await exitOf({ image: written('disk', disk) });
      expect(exit).toEqual({
        status: 'failed',
        reason: 'the guest reset itself: it crashed, or restarted',
        lastLines: ['!'],
      });
      expect(readFileSync(join(folder, 'output', 'web.0.log'), 'utf8')).toContain('!');
      expect(readFileSync(image('disk')).equals(disk)).toBe(true);
    });

    it('is a disk takes no command', async () => {
      const job = { image: written('disk', bootSector()), cmd: ['x'] };
      await expect(start(job)).rejects.toThrow(/only a kernel takes arguments/);
    });

    const written = (name: string, bytes: Buffer): string => {
      writeFileSync(image(name), bytes);
      return image(name);
    };
    const linked = (to: string): string => {
      rmSync(image('link'), { force: true });
      symlinkSync(to, image('link'));
      return image('link');
    };
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isQemu(pid: number): boolean {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('qemu');
}

/** 16-bit code that says `!` on the first serial line, and resets the machine by its keyboard controller. */
function bootSector(): Buffer {
  // The least that the firmware takes for a disk.
  const sector = Buffer.alloc(1_048_576);
  // mov dx, 0x3f8; mov al, '!'; out dx, al; mov al, 0xfe; out 0x64, al; hlt
  Buffer.from([0xba, 0xf8, 0x03, 0xb0, 0x21, 0xee, 0xb0, 0xfe, 0xe6, 0x64, 0xf4]).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

function qcow2({ backing = 0n, features = 0n }: { backing?: bigint; features?: bigint }): Buffer {
  const head = Buffer.alloc(512);
  head.write('QFI\xfb', 'latin1');
  head.writeUInt32BE(3, 4);
  head.writeBigUInt64BE(backing, 8);
  head.writeBigUInt64BE(features, 72);
  return head;
}
