import { stat } from 'node:fs/promises';
import type { Server } from 'node:net';
import { OakringError } from '@oakring/contracts';
import { join } from 'node:path';
import { credentialsFolder, pageToken } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { WorkerData } from './config/worker-data.js';
import type { WorkerListenerOptions, WorkerOptions } from './config/worker-options.js';
import { BrokerLink } from './connect/broker-link.js';
import { brokerTls } from './connect/broker-trust.js';
import { Session } from './connect/session.js';
import type { LinkFactory } from './connect/worker-link.js';
import { admissionOf, openJoiner } from './joining/open-joiner.js';
import { countingSleep } from './lease/counts-sleep.js';
import { OnDemand } from './listen/on-demand.js';
import type { RunningListener } from './listen/start-listener.js';
import { DiskRoom } from './memory/disk-room.js';
import { Cgroups, remedyOf } from './runtimes/cgroups/cgroups.js';
import { OutputFolder } from './runtimes/instance-output.js';
import { readRegistries } from './runtimes/registries.js';
import { terminalHere } from './runtimes/process-exec.js';
import { ProcessRuntime } from './runtimes/process.runtime.js';
import type { Runtime, RuntimeName } from './runtimes/runtime.port.js';
import { qemuProgram } from './runtimes/unikernel/qemu-command.js';
import { qemuHere } from './runtimes/unikernel/qemu-here.js';
import { AllowedUsers } from './runtimes/users/allowed-users.js';
import { openPlace } from './runtimes/users/volume-places.js';
import { UnikernelRuntime } from './runtimes/unikernel/unikernel.runtime.js';
import { SimulatedRuntime } from './runtimes/simulated.runtime.js';
import type { WorkerLog } from './worker-log.js';

/** Enough for logs and memory of what runs already. */
const usualReserveMiB = 128;

export interface RunningWorker {
  /** Number of this start, from 1. */
  readonly incarnation: number;
  /** Where it listens over HTTP; null: it does not. */
  readonly url: string | null;
  /** Code of the refusal when the manager does not accept this worker; null otherwise. */
  readonly refusedBecause: string | null;
  /** Rejects, with a sentence for a person, once it has ended because another start took its id. */
  readonly failed: Promise<never>;
  /** Says "offline" and disconnects; simulated instances end, processes and containers run on (unless told otherwise). */
  stop(): Promise<void>;
}

/**
 * Starts a worker; several may run in one process. A broker that is away is waited for. Throws
 * `data-folder-in-use` while another worker has the folder, `data-folder-unusable`, `user-unavailable`, or `settings-invalid` when the Docker engine does not answer.
 */
export async function startWorker(
  options: WorkerOptions,
  ports: Ports,
  log: WorkerLog,
): Promise<RunningWorker> {
  const data = await WorkerData.open(options.dataFolder, `oakring worker ${options.id}`);
  try {
    return await startOn(data, options, ports, log);
  } catch (error) {
    await data.close();
    throw error;
  }
}

async function startOn(
  data: WorkerData,
  options: WorkerOptions,
  ports: Ports,
  log: WorkerLog,
): Promise<RunningWorker> {
  const outputs = new OutputFolder(join(options.dataFolder, 'output'), ports.clock);
  const runtimes = await runtimesOf(options, { ports, log, outputs });
  const joiner = await openJoiner(options, () => data.token, ports, log);
  const admission = admissionOf(joiner, options);
  const { mqttUrl: url } = options;
  const link: LinkFactory = (linkOptions, listener) =>
    new BrokerLink(
      { url, admission, tls: () => brokerTls(options), ...linkOptions },
      ...([ports, listener] as const),
    );
  let fail: (reason: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  // Whoever does not look at it is not ended by it.
  failed.catch(() => {});
  const superseded = (by: number): void => fail(supersededBy(by, options, data.incarnation));
  const room = new DiskRoom(options.dataFolder, options.diskReserveMiB ?? usualReserveMiB);
  // What is granted is granted by clocks that go on while this machine sleeps.
  const awake = { ...ports, clock: countingSleep(ports.clock) };
  const parts = { options, store: data, runtimes, link, ports: awake, log, room, superseded };
  const session = new Session(
    joiner === null ? parts : { ...parts, credential: () => joiner.standing },
  );
  const listener = await listenerFor(session, options, ports, log);
  const page = await pageFor(session, options, ports, log);
  try {
    await session.start();
    joiner?.start();
  } catch (error) {
    await listener?.stop();
    await page?.stop();
    throw error;
  }
  if (listener !== null) log('listening', `${listener.url}/metrics`);
  return {
    failed,
    url: listener?.url ?? page?.url ?? null,
    get incarnation() {
      return data.incarnation;
    },
    get refusedBecause() {
      return session.refusedBecause;
    },
    async stop() {
      joiner?.stop();
      await session.stop();
      await listener?.stop();
      await page?.stop();
      await data.close();
    },
  };
}

/** What it is made of is large: loaded only where somebody asked for it. */
async function listenerFor(
  session: Session,
  { listener, dataFolder }: WorkerOptions,
  ports: Ports,
  log: WorkerLog,
): Promise<RunningListener | null> {
  if (listener === undefined) return null;
  const { startListener } = await import('./listen/start-listener.js');
  return startListener(session.measured, { ...listener, dataFolder }, ports, log);
}

/** What is shown to it is there before anybody looks. */
function whoMayLook({ token, makesToken }: WorkerListenerOptions, dataFolder: string): string {
  if (token !== null) return 'whoever shows OAKRING_TOKEN';
  if (makesToken !== true) return 'whoever is on this machine';
  pageToken(dataFolder);
  return `whoever shows what is in ${join(credentialsFolder(dataFolder), 'page.token')}`;
}

/** Null where there is to be none, or its port is taken: by another worker of this machine, as a rule. */
async function pageFor(
  session: Session,
  { page, dataFolder }: WorkerOptions,
  ports: Ports,
  log: WorkerLog,
): Promise<{ readonly url: string; stop(): Promise<void> } | null> {
  if (page === undefined) return null;
  const { host: address, httpPort: port } = page;
  const start = async (holder: Server): Promise<RunningListener> => {
    const { startListener } = await import('./listen/start-listener.js');
    return startListener(session.measured, { ...page, dataFolder, holder }, ports, log);
  };
  const failed = (error: unknown): void =>
    log('http', `its page cannot be shown: ${String(error)}`);
  const waiting = await OnDemand.at({ address, port }, start, failed);
  const where = `${address}:${port}`;
  if (typeof waiting === 'string') {
    log('listening', `nowhere at ${where}: ${waiting} (another port: OAKRING_WORKER_HTTP_PORT)`);
    return null;
  }
  log('listening', `http://${where}/ shows this worker, to ${whoMayLook(page, dataFolder)}`);
  return { url: `http://${where}`, stop: () => waiting.stop() };
}

function supersededBy(by: number, { id }: WorkerOptions, incarnation: number): OakringError {
  const detail =
    `Start ${by} of worker ${id} has taken the place of this one, start ${incarnation}: it runs on ` +
    'another machine, or on a copy of this data folder. What ran here has been stopped. To run ' +
    'both, give one another id and an empty data folder; to run this one, stop the other first.';
  return new OakringError({ code: 'node-run-elsewhere', detail });
}

/** What runtimes are made with, and what they share. */
interface Around {
  readonly ports: Ports;
  readonly log: WorkerLog;
  readonly outputs: OutputFolder;
}

/** What of the runtimes asked for can be had here. Throws `settings-invalid` when that is none. */
async function runtimesOf(options: WorkerOptions, around: Around): Promise<readonly Runtime[]> {
  const had: Runtime[] = [];
  const lacking: string[] = [];
  for (const name of options.runtimes) {
    const runtime = await runtimeOf(name, options, around);
    if (typeof runtime !== 'string') had.push(runtime);
    else lacking.push(`runtime ${name} is not offered here: ${runtime}`);
  }
  if (had.length === 0) {
    const detail = `Nothing can be run here: ${lacking.join('; ')}.`;
    throw new OakringError({ code: 'settings-invalid', detail, field: 'OAKRING_WORKER_RUNTIMES' });
  }
  for (const what of lacking) around.log('limited', what);
  return had;
}

/** Or why this machine has not what it needs. */
async function runtimeOf(
  name: RuntimeName,
  options: WorkerOptions,
  around: Around,
): Promise<Runtime | string> {
  const { ports, outputs } = around;
  switch (name) {
    case 'simulated':
      return new SimulatedRuntime(options.startDelayMs, ports);
    case 'process':
      sayWithoutTerminals(options, around.log);
      return processRuntime(options, { name: 'instances', limited: true }, around);
    case 'docker': {
      // Its client is large: loaded only where containers are run.
      const { DockerRuntime } = await import('./runtimes/docker.runtime.js');
      return new DockerRuntime(
        options.dockerHost,
        options.id,
        ports,
        outputs,
        options.hostPaths,
        options.registries === undefined ? undefined : await readRegistries(options.registries),
      );
    }
    case 'unikernel':
      return unikernelRuntime(options, around);
  }
}

async function unikernelRuntime(options: WorkerOptions, around: Around): Promise<Runtime | string> {
  const qemu = qemuHere();
  if (qemu === null) {
    return `there is no ${qemuProgram()} in /usr/bin and its kin (Debian: apt-get install qemu-system-x86 or qemu-system-arm)`;
  }
  const { dataFolder } = options;
  const { ports, log } = around;
  const runtime = await UnikernelRuntime.open({
    ...{ qemu, ports },
    // What is reserved is a guest's own memory: QEMU needs some beside, and gives it no more.
    processes: await processRuntime(
      options,
      { name: 'guest-instances', limited: false },
      { ...around, log: () => {} },
    ),
    folder: join(dataFolder, 'guests'),
    images: { cache: join(dataFolder, 'fetched-images'), folders: [join(dataFolder, 'images')] },
  });
  if (typeof runtime !== 'string') {
    void sayWhenEmulated(runtime, log);
    if (options.runAs !== undefined) {
      const who = "QEMU runs as the worker's own user, root";
      log('limited', `guests are not run as ${options.runAs} (OAKRING_WORKER_RUN_AS): ${who}`);
    }
  }
  return runtime;
}

/** Guests are many times slower then: whoever looks for the cause finds it in the log. */
async function sayWhenEmulated(runtime: UnikernelRuntime, log: WorkerLog): Promise<void> {
  if ((await runtime.accelerator) === 'kvm') return;
  const remedy =
    'Let the worker read and write /dev/kvm (group kvm), where the machine has one that works';
  log('limited', `unikernels are emulated, without KVM, and slow. ${remedy}`);
}

/** What runs is written down in the folder `name`, and has cgroups of its own: another one must not take it for its. */
async function processRuntime(
  options: WorkerOptions,
  { name, limited }: { readonly name: string; readonly limited: boolean },
  { ports, log, outputs }: Around,
): Promise<Runtime> {
  const { dataFolder } = options;
  const folder = join(dataFolder, name);
  // The folder has one holder; another one of the same path (in a container) is another worker's.
  const { dev, ino } = await stat(dataFolder);
  const groups = await Cgroups.open(`${dev}:${ino}:${name}`, ports.timers);
  const users = limited ? await usersOf(options, log) : null;
  const open = users === null ? null : `${dataFolder}-volumes`;
  if (open !== null) await openPlace(open);
  const volumes = { closed: join(dataFolder, 'volumes'), open };
  const pagePort = options.page?.httpPort ?? options.listener?.httpPort ?? null;
  const parts = { folder, limited, outputs, users, volumes, pagePort };
  if (typeof groups !== 'string') {
    if (limited && groups.whyUnlimited !== null) log('limited', unlimited(groups.whyUnlimited));
    return new ProcessRuntime(ports, { ...parts, groups });
  }
  if (limited) log('limited', unlimited(groups));
  log(
    'limited',
    `cgroups cannot be used (${groups}): a process that leaves its session (setsid, a daemon) outlives ` +
      `its instance, so jobs that must never run twice are not taken. ${remedyOf(groups)}, on Linux 5.14 or newer`,
  );
  return new ProcessRuntime(ports, parts);
}

function sayWithoutTerminals({ exec = false }: WorkerOptions, log: WorkerLog): void {
  const terminal = terminalHere();
  if (!exec || typeof terminal !== 'string') return;
  log('limited', `commands in processes have no terminal here (job exec -t): ${terminal}`);
}

/** Null: everything runs as the worker's own user. */
async function usersOf({ runAs, users = [] }: WorkerOptions, log: WorkerLog) {
  if (runAs === undefined && users.length === 0) return null;
  const allowed = await AllowedUsers.open({ runAs: runAs ?? null, users });
  for (const what of allowed.lacking) log('limited', `${what}; jobs that name it are not taken`);
  return allowed;
}

function unlimited(why: string): string {
  return (
    `the resources of a process are reserved and no limit here (${why}): one that takes more takes it from the ` +
    `others. ${remedyOf(why)}`
  );
}
