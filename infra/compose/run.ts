// `npm run compose`: runs the stack of docker-compose.yml on a real engine, without Loki, Promtail and
// Grafana. It makes the image, twice, starts everything with a worker beside it, lets a job run, kills each
// container, ends and starts everything again, and looks each time whether anything was lost.
//
//   npm run compose -- [--short] [--stand-ins] [--keep]
//
// --short kills all containers at once and not one after the other. --stand-ins makes what a registry of
// images would have (stand-ins.sh). --keep leaves it running. DOCKER_HOST says which engine.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '../machine/free-port.js';

/** What is looked at in the answers of a manager. */
interface Job {
  readonly instances: readonly { readonly status: string; readonly confirmed: boolean }[];
}

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    'stand-ins': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const services = ['mosquitto', 'mongodb', 'manager', 'scheduler', 'prometheus', 'worker'];
const ours = ['manager', 'scheduler', 'worker'];
const project = 'oakring-run';
/** The image, made a second time. */
const again = `${project}-again`;
const base = ['docker-compose.yml', 'infra/compose/worker.yml'];
const twoManagers = 'override-two-managers.yml';
const store = 'mongodb://mongodb:27017/oakring?replicaSet=rs';
const [port, mqttPort, schedulerPort, prometheusPort, secondPort] = [
  await freePort(),
  await freePort(),
  await freePort(),
  await freePort(),
  await freePort(),
];
let url = `http://127.0.0.1:${port}`;
const prometheus = `http://127.0.0.1:${prometheusPort}`;
const env: NodeJS.ProcessEnv = {
  ...process.env,
  COMPOSE_PROJECT_NAME: project,
  // The tests' engine has no bridge of its own.
  OAKRING_BUILD_NETWORK: 'host',
  OAKRING_PORT: String(port),
  OAKRING_MQTT_PORT: String(mqttPort),
  OAKRING_SCHEDULER_PORT: String(schedulerPort),
  PROMETHEUS_PORT: String(prometheusPort),
  OAKRING_SECOND_PORT: String(secondPort),
};
const patienceMs = 180_000;
const lookEveryMs = 200;
const answerWithinMs = 10_000;
const mostBytes = 200_000_000;
/** Jobs that were acknowledged: each has to be there whatever was done. */
const jobs: string[] = [];
const startedMs = performance.now();
// An answer that is cut off leaves nothing behind that Node would wait for.
const alive = setInterval(() => {}, 1_000);

try {
  if (options['stand-ins']) run('sh', ['infra/compose/stand-ins.sh'], { output: 'inherit' });
  takeAway();
  compose('up', '--build', '--detach', 'prepare', ...services);
  said('everything has started');
  lookAtImage();
  isMadeAlike();
  await runJob('first');
  await isWatched();
  if (options.short) await survives(services);
  else for (const service of services) await survives([service]);
  await endsAndStarts();
  if (!options.short) {
    await standsOnOthers();
    await anotherLeads();
  }
  said('nothing was lost');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  for (const service of services)
    console.error(tryDocker('logs', '--tail', '20', named(service)).said);
  process.exitCode = 1;
} finally {
  if (!options.keep) takeAway();
  clearInterval(alive);
}

/** As small as promised, without a shell, and nobody's root. */
function lookAtImage(): void {
  const bytes = Number(docker('image', 'inspect', '--format', '{{.Size}}', 'oakring'));
  hold(bytes < mostBytes, `the image has ${bytes} bytes, and not under ${mostBytes}`);
  for (const service of ours) {
    const { status } = tryDocker('exec', named(service), 'sh', '-c', 'true');
    hold(status !== 0, `${service} has a shell`);
    const user = docker('exec', named(service), '/usr/local/bin/node', '-p', 'process.getuid()');
    hold(user !== '0', `${service} is root`);
  }
  said(`the image has ${Math.round(bytes / 1e6)} MB and no shell, and nobody in it is root`);
}

/** Elsewhere, and another time: the programs in it are those of this checkout, and its layers have the same bytes again. */
function isMadeAlike(): void {
  const digests = `const { createHash } = require('crypto'), { readdirSync, readFileSync } = require('fs');
    for (const name of readdirSync('.').sort())
      console.log(createHash('sha256').update(readFileSync(name)).digest('hex'), name);`;
  const here = run(process.execPath, ['-e', digests], { cwd: 'dist/programs' });
  const node = [
    '--entrypoint',
    '/usr/local/bin/node',
    '--workdir',
    '/app/dist/programs',
    'oakring',
  ];
  const there = docker('run', '--rm', '--network', 'none', ...node, '-e', digests);
  hold(here === there, `the image has other programs:\n${there}\nthan are here:\n${here}`);
  const dockerfile = 'infra/image/Dockerfile';
  const [, base = ''] = /^ARG BASE_IMAGE=(.+)$/m.exec(readFileSync(dockerfile, 'utf8')) ?? [];
  // The same files, and another image: what stands on it is not taken from the builder's cache.
  const other = `FROM ${base}\nLABEL again="${startedMs}"\n`;
  run('docker', ['build', '--tag', `${again}:base`, '-'], { input: other });
  const args = ['--network', 'host', '--build-arg', `BASE_IMAGE=${again}:base`];
  docker('build', '--tag', again, '--file', dockerfile, ...args, '.');
  const [first, second] = ['oakring', again].map((image) =>
    docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', image),
  );
  hold(first === second, `made again, the image has other layers: ${first} and ${second}`);
  docker('image', 'rm', again, `${again}:base`);
  said('the image has the programs of this checkout, and made again it has the same layers');
}

async function runJob(id: string): Promise<void> {
  // Nothing is promised while a part is away; whoever asks tries again, under the same id.
  await until(`job ${id} is accepted`, async () => {
    const body = { id, name: id, image: `${id}:1`, technology: 'simulated', count: 2 };
    const { status } = await fetch(`${url}/api/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(answerWithinMs),
      body: JSON.stringify(body),
    });
    return status === 201 || status === 200;
  });
  jobs.push(id);
  await allRun();
}

/** Every job that was ever acknowledged, as its worker confirms. */
async function allRun(): Promise<void> {
  for (const id of jobs) {
    await until(`job ${id} runs`, async () => {
      const { instances } = (await answer(`${url}/api/v1/jobs/${id}`)) as Job;
      return (
        instances.length === 2 &&
        instances.every(({ status, confirmed }) => status === 'running' && confirmed)
      );
    });
  }
  said(`all instances of ${jobs.length} jobs run, ${jobs.at(-1)} the last of them`);
}

async function isWatched(): Promise<void> {
  await until('Prometheus reads manager, scheduler and worker, and has alerts', async () => {
    const up = (await answer(`${prometheus}/api/v1/query?query=up%20==%201`)) as {
      readonly data: { readonly result: readonly { readonly metric: { readonly job: string } }[] };
    };
    const jobs = up.data.result.map(({ metric }) => metric.job);
    const rules = (await answer(`${prometheus}/api/v1/rules`)) as {
      readonly data: { readonly groups: readonly object[] };
    };
    const read = ['manager', 'scheduler', 'worker'].every((job) => jobs.includes(job));
    return read && rules.data.groups.length > 0;
  });
}

/** Killed by force, they come back by themselves, and know what they knew. */
async function survives(victims: readonly string[]): Promise<void> {
  const before = await head();
  // `docker kill` would keep them from coming back.
  const pids = victims.map((service) => inspect(service, '{{.State.Pid}}'));
  const program = `for (const pid of [${pids.join()}]) process.kill(pid, 'SIGKILL')`;
  const node = ['--entrypoint', '/usr/local/bin/node', 'oakring', '-e', program];
  docker('run', '--rm', '--pid', 'host', '--user', '0', '--network', 'none', ...node);
  for (const [at, service] of victims.entries()) {
    await until(`${service} is back`, async () => {
      const pid = inspect(service, '{{.State.Pid}}');
      return pid !== '0' && pid !== pids[at];
    });
  }
  await looksWhole(before);
  await runJob(`after-${victims.length === 1 ? victims[0] : 'all'}`);
  said(`${victims.join(', ')}: killed, and back with everything`);
}

/** In good order, within their time; and the history is there the next day. */
async function endsAndStarts(): Promise<void> {
  const before = await head();
  compose('stop');
  for (const service of ours) {
    const code = inspect(service, '{{.State.ExitCode}}');
    hold(code === '0', `${service} ended with ${code} when it was told to end`);
  }
  down([]);
  compose('up', '--detach', 'prepare', ...services);
  await looksWhole(before);
  await allRun();
  await runJob('after-down');
}

/** With a database and a broker that are somebody else's: those that run here, and are not ours any more. */
async function standsOnOthers(): Promise<void> {
  const before = await head();
  Object.assign(env, { OAKRING_STORE: store, OAKRING_MQTT_URL: 'mqtt://mosquitto:1883' });
  composeWith(
    ['override-outside-mongodb.yml', 'override-outside-broker.yml', 'override-no-observe.yml'],
    ...['up', '--detach'],
  );
  await looksWhole(before);
  await runJob('with-others');
  said('database and broker are outside: jobs run');
}

/** With a second manager: the first one is away, and jobs run all the same. */
async function anotherLeads(): Promise<void> {
  composeWith([twoManagers], 'up', '--detach', 'prepare', ...services, 'manager-2');
  const second = `http://127.0.0.1:${secondPort}`;
  await until('both managers are ready', async () => {
    await answer(`${url}/health/ready`);
    await answer(`${second}/health/ready`);
    return true;
  });
  compose('stop', 'manager');
  url = second;
  await until('the second one leads', async () => {
    return ((await answer(`${url}/api/v1/ledger/head`)) as { readonly leading: boolean }).leading;
  });
  await runJob('by-the-second');
  said('the first manager was ended: the second one leads, and jobs run');
}

/** The ledger goes on from where it stood, and verifies. */
async function looksWhole(before: number): Promise<void> {
  await until('the manager knows what it knew', async () => (await head()) >= before);
  const program = ['/usr/local/bin/node', '/app/bin/oakring.js'];
  await until('the ledger verifies', async () => {
    const { status, said: words } = tryDocker(
      ...['exec', named('manager'), ...program, 'audit', 'verify', '--store', store],
    );
    if (status !== 0) throw new Error(`audit verify ended with ${status}: ${words}`);
    return true;
  });
}

async function head(): Promise<number> {
  return ((await answer(`${url}/api/v1/ledger/head`)) as { readonly position: number }).position;
}

async function answer(address: string): Promise<unknown> {
  const response = await fetch(address, { signal: AbortSignal.timeout(answerWithinMs) });
  if (!response.ok)
    throw new Error(`${address} answers ${response.status}: ${await response.text()}`);
  return response.json();
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let wrong: unknown = 'it is not so';
  for (;;) {
    try {
      if (await look()) return;
    } catch (error) {
      wrong = error;
    }
    if (performance.now() > deadline)
      throw new Error(`Not after ${patienceMs / 1000} s: ${what}. ${wrong}`);
    await wait(lookEveryMs);
  }
}

function hold(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

function said(what: string): void {
  console.log(`${((performance.now() - startedMs) / 1000).toFixed(0).padStart(4)} s  ${what}`);
}

function named(service: string): string {
  return `${project}_${service}_1`;
}

function inspect(service: string, format: string): string {
  return docker('inspect', '--format', format, named(service));
}

function compose(...args: readonly string[]): void {
  composeWith([], ...args);
}

function composeWith(overrides: readonly string[], ...args: readonly string[]): void {
  const files = [...base, ...overrides].flatMap((file) => ['-f', file]);
  run('docker-compose', [...files, ...args]);
}

/**
 * An engine that had containers killed under it may believe for ever that one is still on their network (Docker 20.10
 * does, now and then). Nothing is: all of them are gone by then, and the next start takes the network as it is.
 */
function down(overrides: readonly string[], ...args: readonly string[]): void {
  try {
    composeWith(overrides, 'down', ...args);
  } catch (error) {
    const left = docker(
      'ps',
      '--all',
      '--quiet',
      '--filter',
      `label=com.docker.compose.project=${project}`,
    );
    if (left !== '' || !String(error).includes('has active endpoints')) throw error;
    said('the engine keeps a network that nothing is on');
  }
}

/** With all that an earlier run may have left. */
function takeAway(): void {
  down([twoManagers], '--volumes', '--remove-orphans');
}

function docker(...args: readonly string[]): string {
  return run('docker', args);
}

function tryDocker(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('docker', args, { env, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

function run(
  program: string,
  args: readonly string[],
  {
    output = 'pipe',
    ...options
  }: {
    readonly output?: 'pipe' | 'inherit';
    readonly cwd?: string;
    readonly input?: string;
  } = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...{ env, encoding: 'utf8', ...options },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', output, output],
  });
  if (error !== undefined) throw error;
  if (status === 0) return (stdout ?? '').trim();
  throw new Error(`${[program, ...args].join(' ')} ended with ${status}: ${stdout}${stderr}`);
}
