import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  parsePorts,
  parseProgram,
  type HealthProbe,
  type JsonObject,
  type Resources,
} from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { notAllowed } from './not-allowed.js';
import { askPort } from '../checks/probes.js';
import { runCommand } from '../checks/run-command.js';
import type { Cgroups } from './cgroups/cgroups.js';
import { read } from './command-line.js';
import { bootId, isThere, readRecord, signal, type GuardRecord } from './guard-record.js';
import { commandIn, exitIn, Guarded, limitIn, startFailure, unguarded } from './guarded.js';
import type { InstanceOutput, OutputFolder } from './instance-output.js';
import { explained } from './last-printed.js';
import { OutputTimes } from './output-times.js';
import { printedLines } from './printed-lines.js';
import {
  besideInstance,
  commandLineOf,
  environmentIn,
  programsNeeded,
  type CommandLine,
} from './process-command.js';
import { execBeside, terminalHere } from './process-exec.js';
import { isReached, surroundingsOf, toldOf } from './process-surroundings.js';
import type { AllowedUsers } from './users/allowed-users.js';
import type { UserIdentity } from './users/user-identity.js';
import type { VolumePlaces } from './users/volume-places.js';
import { measureSessions, usageSince, type SessionUsage } from './session-usage.js';
import {
  addressKey,
  NothingPrinted,
  type ExecTalk,
  type ExecWanted,
  type FoundInstance,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToCheck,
  type InstanceToStart,
  type LogsWanted,
  type PrintedLine,
  type Runtime,
} from './runtime.port.js';

/** SIGTERM first; SIGKILL for what is still there after this long. */
const stopGraceMs = 5_000;
/** A guard that has not ended all of it by then is not waited for any more. */
const guardKillsWithinMs = 2_000;
/** What is not gone then (it waits for a disk that is gone) is told of. */
const goneWithinMs = 30_000;
const folderMode = 0o700;

interface Running {
  readonly address: InstanceAddress;
  readonly guarded: Guarded;
  readonly ended: Promise<void>;
  /** Path of its cgroup; null: there is none. */
  readonly group: string | null;
  /** Null: the worker's own. */
  readonly user: UserIdentity | null;
  readonly output: InstanceOutput | null;
  usage: SessionUsage | null;
  stopping: boolean;
}

export interface ProcessRuntimeParts {
  /** Where it is written down what runs: of one worker, which has the folder to itself. */
  readonly folder: string;
  /** Null: what an instance leaves behind on purpose is not ended with it. */
  readonly groups?: Cgroups | null;
  /** False: what is reserved is no limit (what is run keeps to it by itself). True when it is left out. */
  readonly limited?: boolean;
  /** Where named volumes are; beside the records when it is left out. */
  readonly volumes?: VolumePlaces;
  /** Whom a process may run as; null: the worker's own user. */
  readonly users?: AllowedUsers | null;
  /** Where workers of this machine show themselves: who wants that port is told so. */
  readonly pagePort?: number | null;
  /** Where what they print is kept; null: nowhere. */
  readonly outputs?: OutputFolder | null;
}

/**
 * Runs a local command: `cmd` (or `command`) of the job as a list, else its `image` as the path of a
 * program. No shell reads it, and it is given nothing of the worker's own environment. Each has a guard
 * (`process-guard.ts`) that outlives the worker: a later start of it finds what runs, and how ended what
 * does not.
 */
export class ProcessRuntime implements Runtime {
  readonly technology = 'process';
  readonly outlives = true;
  /** Only a cgroup holds what leaves its session. */
  readonly enforcesStop: boolean;
  readonly features: readonly string[];
  readonly execFeatures = typeof terminalHere() === 'string' ? ['exec'] : ['exec', 'exec-tty'];
  private readonly folder: string;
  private readonly volumes: VolumePlaces;
  private readonly users: AllowedUsers | null;
  private readonly groups: Cgroups | null;
  private readonly limited: boolean;
  private readonly pagePort: number | null;
  private readonly outputs: OutputFolder | null;
  private readonly times: OutputTimes;
  private readonly running = new Map<string, Running>();
  private exitListener: (address: InstanceAddress, exit: InstanceExit) => void = () => {};

  constructor(
    private readonly ports: Ports,
    {
      folder,
      groups = null,
      limited = true,
      outputs = null,
      volumes,
      users = null,
      pagePort = null,
    }: ProcessRuntimeParts,
  ) {
    this.folder = folder;
    this.volumes = volumes ?? { closed: join(folder, '..', 'volumes'), open: null };
    this.users = users;
    this.pagePort = pagePort;
    this.groups = groups;
    this.limited = limited && groups?.whyUnlimited === null;
    const limits = this.limited ? ['limits'] : [];
    const names = users?.names.map((name) => `user:${name}`) ?? [];
    const may = names.length === 0 ? [] : ['user', ...names];
    const same = ['args', 'health', ...limits, 'ports', 'secrets', ...may];
    this.features = [...same, 'volumes', 'working-directory'];
    this.outputs = outputs;
    this.times = new OutputTimes(ports);
    this.enforcesStop = groups !== null;
  }

  /** Rejects where something cannot be read of what there is: it may run. */
  async existing(): Promise<readonly FoundInstance[]> {
    const owner = await this.owner();
    const found: FoundInstance[] = [];
    for (const name of await readdir(this.folder)) {
      const folder = join(this.folder, name);
      const record = await readRecord(join(folder, 'guard.json'));
      // Nothing has run without a record. Those of another boot are gone; a copied folder has none.
      const isOurs = record !== null && record.boot === bootId() && record.owner === owner;
      const known = isOurs ? await this.foundIn(folder, record) : null;
      if (known === null) await rm(folder, { recursive: true, force: true });
      else found.push(known);
    }
    const kept = [...this.running.values()].flatMap(({ group }) => group ?? []);
    await this.groups?.endAllBut(new Set(kept));
    return found;
  }

  /** Null: it never ran. */
  private async foundIn(folder: string, record: GuardRecord): Promise<FoundInstance | null> {
    const { job, instance, generation, group, ledger, digest, user = null } = record;
    const address = { job, instance, generation };
    const said = { ...address, ledger, digest };
    const guarded = await Guarded.found(folder, record, this.ports.timers);
    if (guarded !== null) {
      const output = (await this.outputs?.hold(address)) ?? null;
      this.watch({ address, guarded, group, user, output });
      return { ...said, status: 'running', reason: 'ran since before the worker started' };
    }
    const exit = await exitIn(folder);
    if (exit !== null) return { ...said, ...exit };
    const command = commandIn(folder);
    if (command !== null && isThere(command)) signal(-command.pid, 'SIGKILL');
    await this.endGroup(group);
    return command === null ? null : { ...said, ...unguarded };
  }

  /** Of the folder that records are in: one that was copied is another one. */
  private async owner(): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: folderMode });
    const { dev, ino } = await stat(this.folder);
    return `${dev}:${ino}`;
  }

  /** Numbers come last: another address has another name. */
  private folderOf({ job, instance, generation }: InstanceAddress): string {
    return join(this.folder, `${job}.${instance}.${generation}`);
  }

  async start(start: InstanceToStart, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new Error('the start was cancelled');
    if (this.running.has(addressKey(start))) return;
    const { job, instance, generation, ledger = null, digest = null, validForMs } = start;
    const address = { job, instance, generation };
    // Counted from now, however long it takes until it runs.
    const until = validForMs === undefined ? null : limitIn(validForMs);
    const user = await this.userOf(start.description);
    const told = await surroundingsOf(start.description, this.volumes, user, this.pagePort);
    const line = commandLineOf(start, told, user);
    const setsid = programsNeeded();
    const owner = await this.owner();
    // Of this start alone: an earlier one, which ends what has its name, may be late.
    const name = `i-${job}.${instance}.${generation}.${this.ports.ids.next()}`;
    const limits = this.limited ? (this.groups?.limitsFor(start.resources) ?? null) : null;
    const group = (await this.groups?.make(name, limits)) ?? null;
    const output = (await this.outputs?.open(address).catch(() => null)) ?? null;
    const folder = this.folderOf(address);
    try {
      if (signal.aborted) throw new Error('the start was cancelled');
      const command = { ...line, setsid, until, group, user, log: output?.path ?? null };
      const memoryMiB = limits?.memoryMiB ?? null;
      const facts = { ...address, boot: bootId(), owner, ledger, digest, memoryMiB };
      const guarded = await Guarded.begin(folder, command, facts, this.ports.timers);
      this.watch({ address, guarded, group, user, output });
    } catch (error) {
      await this.endGroup(group);
      if (output !== null) this.outputs?.letGo(output);
      await rm(folder, { recursive: true, force: true });
      throw signal.aborted ? error : startFailure(error);
    }
  }

  /** Rejects where its owner does not let it, or nobody is called so. */
  private async userOf(description: JsonObject): Promise<UserIdentity | null> {
    const { user } = read(parseProgram(description));
    if (this.users !== null) return this.users.userFor(user);
    if (user === null) return null;
    throw notAllowed(`the user ${user}`, 'OAKRING_WORKER_USERS');
  }

  private watch(begun: Pick<Running, 'address' | 'guarded' | 'group' | 'user' | 'output'>): void {
    const { address, guarded, group, output } = begun;
    const key = addressKey(address);
    const ended = guarded.ended.then(async (exit) => {
      const isGone = await this.endGroup(group);
      await this.letGo(output);
      const { timers } = this.ports;
      const told = entry.stopping ? exit : await explained(this, address, exit, timers);
      if (isGone) this.running.delete(key);
      if (!entry.stopping) this.exitListener(address, told);
    });
    const entry = { ...begun, ended, usage: null, stopping: false };
    this.running.set(key, entry);
    if (output !== null) this.times.watch(output.path);
  }

  private async letGo(output: InstanceOutput | null): Promise<void> {
    if (output === null) return;
    await this.times.unwatch(output.path);
    this.outputs?.letGo(output);
  }

  /** True once nothing is left in it. */
  private async endGroup(group: string | null): Promise<boolean> {
    if (group === null || this.groups === null) return true;
    return this.groups.end(group).then(
      () => true,
      () => false,
    );
  }

  renew(address: InstanceAddress, validForMs: number): void {
    this.running.get(addressKey(address))?.guarded.renew(validForMs);
  }

  async stop(address: InstanceAddress, graceMs: number = stopGraceMs): Promise<void> {
    const entry = this.running.get(addressKey(address));
    if (entry !== undefined) await this.end(entry, Math.min(graceMs, stopGraceMs));
    await rm(this.folderOf(address), { recursive: true, force: true });
  }

  private async end(entry: Running, graceMs: number): Promise<void> {
    const { guarded, ended, group, address } = entry;
    const stuck = new Error('something in it cannot be killed');
    entry.stopping = true;
    guarded.ask('SIGTERM');
    const { timers } = this.ports;
    const steps = [
      timers.after(graceMs, () => guarded.ask('SIGUSR1')),
      timers.after(graceMs + guardKillsWithinMs, () => {
        guarded.killDirectly();
        void this.endGroup(group);
      }),
    ];
    const late = new Promise<never>((_, reject) => {
      steps.push(timers.after(graceMs + goneWithinMs, () => reject(stuck)));
    });
    try {
      await Promise.race([ended, late]);
    } finally {
      for (const step of steps) step.cancel();
    }
    if (!this.running.has(addressKey(address))) return;
    if (!(await this.endGroup(group))) throw stuck;
    this.running.delete(addressKey(address));
  }

  /** A command runs beside the instance, with its environment; a port is asked where it was told to listen. */
  async check(
    { description, own, secrets = {}, ...address }: InstanceToCheck,
    probe: HealthProbe,
    timeoutMs: number,
  ): Promise<string | null> {
    const entry = this.running.get(addressKey(address));
    if (entry === undefined) throw new Error('it does not run');
    const { timers } = this.ports;
    if (probe.by !== 'command') {
      // Of several the program is told the last.
      const ports = read(parsePorts(description ?? {}));
      const mapped = ports.findLast((each) => isReached(each, probe.port));
      const port = mapped?.published ?? probe.port;
      return askPort(mapped?.address ?? 'localhost', { ...probe, port }, timeoutMs, timers);
    }
    const look = await this.beside({ ...address, description, own, secrets }, probe.command);
    return runCommand({ ...look, command: probe.command }, timeoutMs, timers);
  }

  /**
   * How a command is begun in the surroundings of an instance that runs: in its cgroup, as its user, in its folder and with
   * its environment (`more` counts more). Whoever spawns it gives it no other environment. Rejects where the instance does not run.
   */
  async beside(
    { description, own, secrets = {}, ...address }: InstanceToCheck,
    command: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<CommandLine> {
    const entry = this.running.get(addressKey(address));
    if (entry === undefined) throw new Error('it does not run');
    const { group, user } = entry;
    const said = { description: description ?? {}, own, secrets };
    const told = await toldOf(said.description, this.volumes, user);
    const { workingDirectory: cwd } = read(parseProgram(said.description));
    const environment = { ...environmentIn(said, told, user), ...more };
    return besideInstance({ group, user, environment, cwd }, command);
  }

  async exec(instance: InstanceToCheck, wanted: ExecWanted, talk: ExecTalk): Promise<number> {
    // Its terminal is ours, whatever its job is told of another one.
    const ours = wanted.terminal === null ? {} : { TERM: 'xterm' };
    const line = await this.beside(instance, wanted.command, ours);
    const ended = this.running.get(addressKey(instance))?.ended ?? Promise.resolve();
    return execBeside({ ...line, ended }, wanted.terminal, talk, this.ports.timers);
  }

  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  async *logs(
    address: InstanceAddress,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): AsyncGenerator<readonly PrintedLine[]> {
    if (this.outputs === null) throw new NothingPrinted('What processes print is not kept here.');
    const path = await this.outputs.pathOf(address, wanted);
    const isLive = (): boolean => this.running.has(addressKey(address));
    yield* printedLines({ path, address, ports: this.ports, isLive }, wanted, signal);
  }

  async measure(): Promise<void> {
    const sessions = new Map<number, Running>();
    for (const entry of this.running.values()) {
      const { group, usage } = entry;
      const counted = group === null ? null : ((await this.groups?.usageOf(group)) ?? null);
      if (counted === null) sessions.set(entry.guarded.command.pid, entry);
      else entry.usage = usageSince(usage, counted, this.ports.clock.monotonicMs());
    }
    if (sessions.size === 0) return;
    const before = new Map([...sessions].map(([id, entry]) => [id, entry.usage]));
    const { clock, timers } = this.ports;
    const measured = await measureSessions(before, clock.monotonicMs(), timers);
    for (const [id, usage] of measured) {
      const entry = sessions.get(id);
      if (entry !== undefined) entry.usage = usage;
    }
  }

  usageOf(address: InstanceAddress): Resources | null {
    return this.running.get(addressKey(address))?.usage?.used ?? null;
  }

  /** Its instances go on, each with its guard. */
  async close(): Promise<void> {
    for (const { guarded } of this.running.values()) guarded.letGo();
    this.times.close();
  }
}
