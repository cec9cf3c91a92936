import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@oakring/ports';
import { noteStart } from './output-starts.js';
import { fileWith } from './printed-lines.js';
import { noteTime } from './output-times.js';
import { addressKey } from './runtime.port.js';
import type { InstanceAddress, LogsWanted, PrintedLine } from './runtime.port.js';

/** A file that has grown to this is set aside as `.1`, and replaces the one that was. */
const maxFileBytes = 1_048_576;
/** Ended instances whose output is kept beside that of what runs; the oldest last word goes first. */
const maxInstances = 200;
const folderMode = 0o700;
const fileMode = 0o600;
// A file of ours is never one that somebody else has put there a link to.
const appending =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** Where one instance prints to; it stays while somebody holds it. */
export interface InstanceOutput {
  readonly path: string;
  /** `addressKey`. */
  readonly of: string;
}

/** What is asked of an output that says nothing else. */
const newest: LogsWanted = {
  agoMs: null,
  tail: null,
  follow: false,
  previous: false,
  notBefore: 1,
  after: null,
};

/**
 * What instances print, in `<job>.<number>.log` of a folder: at most 2 MiB each. Of two generations that run beside
 * each other (an update) the later has a file of its own, `<job>.<number>.beside.log`; the next one has the first again.
 * One more that has not ended yet takes another: no two write to one file.
 * Who writes to them is beside each instance, and goes on without the worker (`process-guard.ts`).
 */
export class OutputFolder {
  private readonly inUse = new Set<InstanceOutput>();

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /** Where what is asked for of an instance stands, if it does. `isOfFormer`: its present start prints elsewhere. */
  async pathOf(address: InstanceAddress, wanted: LogsWanted, isOfFormer = false): Promise<string> {
    const of = addressKey(address);
    const held = [...this.inUse].find((output) => output.of === of);
    if (held !== undefined && !wanted.previous) return held.path;
    return fileWith(this.pathsOf(address), { address, ...(isOfFormer && { isOfFormer }) }, wanted);
  }

  private pathsOf({ job, instance }: InstanceAddress): readonly [string, ...string[]] {
    const path = (name: string): string => join(this.folder, `${job}.${instance}${name}`);
    return [path('.log'), ...['', '-2', '-3'].map((nth) => path(`.beside${nth}.log`))];
  }

  /** Where one instance prints to from now on: notes beside it which. */
  async open(
    address: InstanceAddress,
    atMs: number = this.clock.wallMs(),
  ): Promise<InstanceOutput> {
    await mkdir(this.folder, { recursive: true, mode: folderMode });
    const taken = new Set([...this.inUse].map(({ path }) => path));
    const free = this.pathsOf(address).find((path) => !taken.has(path));
    if (free === undefined) throw new Error('all files of this instance are written to');
    const output = this.use(address, free);
    try {
      await this.makeRoom().catch(() => {
        // It is the next one's to try again: what is printed now is worth more.
      });
      await append(output.path, '');
      await noteStart(output.path, atMs, address.generation);
      return output;
    } catch (error) {
      this.letGo(output);
      throw error;
    }
  }

  /** Of an instance that prints since before this start. */
  async hold(address: InstanceAddress): Promise<InstanceOutput> {
    return this.use(address, await this.pathOf(address, newest));
  }

  private use(address: InstanceAddress, path: string): InstanceOutput {
    const output = { path, of: addressKey(address) };
    this.inUse.add(output);
    return output;
  }

  letGo(output: InstanceOutput): void {
    this.inUse.delete(output);
  }

  /** What a start printed elsewhere that is gone there, with the times that are known of it. */
  async keep(
    address: InstanceAddress,
    lines: AsyncIterable<readonly PrintedLine[]>,
  ): Promise<void> {
    let output: InstanceOutput | null = null;
    try {
      for await (const batch of lines) {
        output ??= await this.open(address, batch[0]?.atMs ?? undefined);
        await append(output.path, batch.map(({ text }) => `${text}\n`).join(''));
        const lastMs = batch.at(-1)?.atMs ?? null;
        if (lastMs !== null) await noteTime(output.path, lastMs);
      }
    } finally {
      if (output !== null) this.letGo(output);
    }
  }

  /** One that runs may have printed its last word long ago: its file is written to, and stays. */
  private async makeRoom(): Promise<void> {
    const inUse = new Set([...this.inUse].map(({ path }) => path));
    const logs = (await readdir(this.folder))
      .filter((name) => name.endsWith('.log'))
      .map((name) => join(this.folder, name))
      .filter((path) => !inUse.has(path));
    if (logs.length <= maxInstances) return;
    const aged = await Promise.all(
      logs.map(async (path) => ({ path, at: await lastWordMs(path) })),
    );
    aged.sort((a, b) => a.at - b.at);
    for (const { path } of aged.slice(0, logs.length - maxInstances)) {
      await rm(path, { force: true });
      for (const beside of ['1', 'times', 'starts']) await rm(`${path}.${beside}`, { force: true });
    }
  }
}

async function append(path: string, line: string): Promise<void> {
  const file = await open(path, appending, fileMode);
  try {
    if ((await file.stat()).size + line.length <= maxFileBytes) return await file.writeFile(line);
  } finally {
    await file.close();
  }
  await rename(path, `${path}.1`);
  await append(path, line);
}

/** Another start that makes room at this moment may have removed it. */
function lastWordMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
