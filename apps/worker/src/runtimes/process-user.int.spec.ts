import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { systemPorts } from '@oakring/ports';
import { OutputFolder } from './instance-output.js';
import { ProcessRuntime } from './process.runtime.js';
import { toStart } from './runtime.contract.js';
import type { InstanceExit } from './runtime.port.js';
import { endInstancesOf } from './testing/end-instances.js';
import { AllowedUsers } from './users/allowed-users.js';
import { identityOf } from './users/user-identity.js';

/** There on every machine, and nobody's. */
const nobody = 'nobody';
const daemon = 'daemon';
const isRoot = process.getuid?.() === 0;
if (!isRoot)
  process.stderr.write('NOT TESTED here: processes of other users (the tests are not root)\n');

const address = { job: 'web', instance: 0, generation: 1 };
let folder = '';
const runtimes: ProcessRuntime[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-user-'));
  chmodSync(folder, 0o755);
  // As a worker's data folder is.
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  writeFileSync(join(folder, 'data', 'token'), 'secret', { mode: 0o644 });
});
afterEach(async () => {
  for (const runtime of runtimes.splice(0)) await runtime.close();
  await endInstancesOf(join(folder, 'data', 'instances'));
  rmSync(folder, { recursive: true });
});

async function runtimeOf(runAs: string | null, users: readonly string[] = []) {
  const allowed = await AllowedUsers.open({ runAs, users });
  const data = join(folder, 'data');
  const outputs = new OutputFolder(join(data, 'output'), systemPorts().clock);
  const volumes = { closed: join(data, 'volumes'), open: join(folder, 'data-volumes') };
  const parts = { folder: join(data, 'instances'), outputs, volumes, users: allowed };
  const runtime = new ProcessRuntime(systemPorts(), parts);
  runtimes.push(runtime);
  return runtime;
}

/** What it printed, once it has ended. */
async function ran(
  runtime: ProcessRuntime,
  job: JsonObject,
): Promise<InstanceExit & { printed: string }> {
  const ended = new Promise<InstanceExit>((resolve) => runtime.onExit((_, exit) => resolve(exit)));
  await runtime.start(toStart(address, job), never());
  const exit = await ended;
  await runtime.stop(address);
  const printed = readFileSync(join(folder, 'data', 'output', 'web.0.log'), 'utf8');
  return { ...exit, printed };
}

const never = (): AbortSignal => new AbortController().signal;
const script = (text: string) => ({ cmd: ['/bin/sh', '-c', text] });

(isRoot ? describe : describe.skip)('A process of another user', () => {
  it('is that user, in its groups and no others, with its home, and can become nobody else', async () => {
    const { uid, gid, home } = await identityOf(nobody);
    const runtime = await runtimeOf(nobody);
    const look =
      'id -u; id -g; id -G; echo "$HOME $USER $LOGNAME"; pwd; grep -E "^(NoNewPrivs|CapEff|CapInh)" /proc/self/status';
    const { status, printed } = await ran(runtime, script(look));
    expect(status).toBe('completed');
    expect(printed.split('\n').slice(0, 5)).toEqual([
      ...[uid, gid, gid].map(String),
      `${home} ${nobody} ${nobody}`,
      '/',
    ]);
    expect(printed).toMatch(/CapInh:\t0+\nCapEff:\t0+\nNoNewPrivs:\t1\n/);
  });

  it('is who its job names, where the owner lets it: of a list, in a group', async () => {
    const runtime = await runtimeOf(nobody, [daemon, `${daemon}:users`]);
    expect(runtime.features).toEqual([
      ...['args', 'health', 'ports', 'secrets', 'user', `user:${daemon}`, `user:${daemon}:users`],
      ...[`user:${nobody}`, 'volumes', 'working-directory'],
    ]);
    const { gid } = await identityOf(`${daemon}:users`);
    const job = { ...script('id -un; id -g'), user: `${daemon}:users` };
    expect((await ran(runtime, job)).printed).toContain(`${daemon}\n${gid}\n`);
  });

  it('does not begin as one whom the owner does not name: it is tried elsewhere', async () => {
    const runtime = await runtimeOf(nobody);
    const starting = runtime.start(toStart(address, { ...script('id'), user: 'root' }), never());
    await expect(starting).rejects.toMatchObject({
      fault: 'node',
      message: expect.stringContaining('lets no job have the user root (OAKRING_WORKER_USERS)'),
    });
  });

  it('has its volumes to itself, and reaches nothing else of the worker', async () => {
    const runtime = await runtimeOf(nobody);
    const text =
      'echo mine >"$OAKRING_VOLUME_SHOP/file" && cat "$OAKRING_VOLUME_SHOP/file"; ' +
      `cat ${folder}/data/token ${folder}/data/output/web.0.log; ls ${folder}/data ${folder}/data-volumes`;
    const { printed } = await ran(runtime, { ...script(text), volumes: ['shop'] });
    expect(printed).toContain('mine\n');
    expect(printed).not.toContain('secret');
    expect(printed.match(/Permission denied/g)).toHaveLength(4);
    const { uid } = await identityOf(nobody);
    const { mode, uid: owner } = statSync(join(folder, 'data-volumes', 'shop'));
    expect([owner, mode & 0o777]).toEqual([uid, 0o700]);
  });

  it('is refused a volume that is somebody else’s: nobody’s data changes its owner by itself', async () => {
    const runtime = await runtimeOf(nobody, [daemon]);
    await ran(runtime, { ...script('echo x >"$OAKRING_VOLUME_SHOP/file"'), volumes: ['shop'] });
    mkdirSync(join(folder, 'data', 'volumes', 'old'), { recursive: true });
    for (const volume of ['shop', 'old']) {
      const job = { ...script('true'), user: daemon, volumes: [volume] };
      await expect(runtime.start(toStart(address, job), never())).rejects.toMatchObject({
        fault: 'node',
        message: expect.stringMatching(
          /is not for the user daemon: .*; give it to that user \(chown -R/,
        ),
      });
    }
  });

  it('is not given a volume by the worker’s own user, nor that one its: one of uid 0 is not everybody’s', async () => {
    const runtime = await runtimeOf(null, [daemon]);
    const job = (user: object) => ({ ...script('true'), ...user, volumes: ['shop'] });
    await ran(runtime, job({ user: daemon }));
    await expect(runtime.start(toStart(address, job({})), never())).rejects.toMatchObject({
      fault: 'node',
      message: expect.stringMatching(/the volume shop is not for the worker's own user: .* uid/),
    });
  });

  it('writes to /dev/stdout and /dev/stderr, which it opens by their names', async () => {
    const runtime = await runtimeOf(nobody);
    const text = 'echo out >/dev/stdout; echo err >/dev/stderr';
    const { status, printed } = await ran(runtime, script(text));
    expect({ status, printed }).toMatchObject({
      status: 'completed',
      printed: expect.stringMatching(/out\n/),
    });
    expect(printed).toContain('err\n');
  });

  it('gives a linker nothing to do for it before it is that user', async () => {
    const environment = { LD_PRELOAD: '/opt/missing.so' };
    const runtime = await runtimeOf(nobody);
    const job = { cmd: ['/bin/echo', 'well'], environment };
    const { status, printed } = await ran(runtime, job);
    expect(status).toBe('completed');
    // Of its own program, and of no other that was root still.
    expect(printed.match(/from LD_PRELOAD cannot be preloaded/g)).toHaveLength(1);
    await runtime.start(toStart(address, { ...script('sleep 600'), environment }), never());
    const beside = await runtime.beside(toStart(address, { environment }), ['/bin/true']);
    expect(Object.keys(beside.environment)).not.toContain('LD_PRELOAD');
    expect(beside.environment).toMatchObject({ og_job_LD_PRELOAD: '/opt/missing.so' });
  });

  it('begins in a folder that it may enter itself', async () => {
    const runtime = await runtimeOf(nobody);
    mkdirSync(join(folder, 'open'), { mode: 0o755 });
    mkdirSync(join(folder, 'shut'), { mode: 0o700 });
    const at = (name: string) => ({ ...script('pwd'), workingDirectory: join(folder, name) });
    expect((await ran(runtime, at('open'))).printed).toContain(`${folder}/open\n`);
    expect(await ran(runtime, at('shut'))).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^exit code 126: .*can't cd to .*shut$|Permission denied$/),
    });
  });

  it('is looked at by commands of the same user, also by a later start of the worker', async () => {
    const runtime = await runtimeOf(null, [nobody]);
    const job = { ...script('while :; do sleep 600; done'), user: nobody };
    await runtime.start(toStart(address, job), never());
    await runtime.close();
    const later = await runtimeOf(null, []);
    await later.existing();
    const out = join(folder, 'seen');
    mkdirSync(out);
    chmodSync(out, 0o777);
    const command = ['/bin/sh', '-c', `id -un >${out}/who`];
    expect(await later.check(toStart(address, job), { by: 'command', command }, 20_000)).toBeNull();
    expect(readFileSync(join(out, 'who'), 'utf8')).toBe(`${nobody}\n`);
    // Its guard is the worker's: it ends what is not.
    await later.stop(address, 10_000);
    expect(existsSync(join(folder, 'data', 'instances', 'web.0.1'))).toBe(false);
  });
});

(isRoot ? describe : describe.skip)('Users that processes may run as', () => {
  it.each([
    ['no-such-user', 'there is no user no-such-user'],
    ['root:no-such-group', 'there is no group no-such-group'],
    ['4000000', 'say which group as well'],
  ])(
    'are not had where they are not known (%s), which stops who is to run all as it',
    async (name, why) => {
      const { names, lacking } = await AllowedUsers.open({ runAs: null, users: [name, nobody] });
      expect({ names, lacking }).toEqual({
        names: [nobody],
        lacking: [expect.stringContaining(why)],
      });
      await expect(AllowedUsers.open({ runAs: name, users: [] })).rejects.toMatchObject({
        // systemd does not start again what ends because of a setting: a directory may come later.
        code: 'user-unavailable',
        field: 'OAKRING_WORKER_RUN_AS',
      });
    },
  );
});
