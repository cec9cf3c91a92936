import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { endOfText } from '@oakring/contracts';
import type { Clock } from '@oakring/ports';
import type { InstanceAddress } from './runtime.port.js';

/** A file that has grown to this is set aside as `.1`, and replaces the one that was. */
const maxFileBytes = 1_048_576;
/** Ended instances whose output is kept beside that of what runs; the oldest last word goes first. */
const maxInstances = 200;
const keptStderrCharacters = 2_000;
const folderMode = 0o700;
const fileMode = 0o600;
// A file of ours is never one that somebody else has put there a link to.
const appending =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** What instances print, in `<job>.<number>.log` of a folder: at most 2 MiB each. */
export class OutputFolder {
  private readonly inUse = new Set<InstanceOutput>();

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /** Where one instance prints to from now on. */
  async open({ job, instance, generation }: InstanceAddress): Promise<InstanceOutput> {
    await mkdir(this.folder, { recursive: true, mode: folderMode });
    const output: InstanceOutput = new InstanceOutput(
      join(this.folder, `${job}.${instance}.log`),
      () => this.inUse.delete(output),
    );
    this.inUse.add(output);
    await this.makeRoom().catch(() => {
      // It is the next one's to try again: what is printed now is worth more.
    });
    const at = new Date(this.clock.wallMs()).toISOString();
    await output.write(Buffer.from(`--- ${at} generation ${generation} begins ---\n`));
    return output;
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
      await rm(`${path}.1`, { force: true });
    }
  }
}

/** Another start that makes room at this moment may have removed it. */
function lastWordMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** One after the other; what cannot be written (a full disk) is lost, and holds nobody up. */
export class InstanceOutput {
  private queue: Promise<void> = Promise.resolve();
  private file: FileHandle | null = null;
  private bytes = 0;
  private isClosed = false;

  constructor(
    readonly path: string,
    private readonly closed: () => void,
  ) {}

  /** Resolves once it is written, or lost. */
  write(chunk: Buffer): Promise<void> {
    this.queue = this.queue.then(() => this.append(chunk)).catch(() => {});
    return this.queue;
  }

  close(): Promise<void> {
    this.queue = this.queue
      .then(() => {
        // A daemon may hold the pipe and print on: its file is not opened again.
        this.isClosed = true;
        this.closed();
        return this.letGo();
      })
      .catch(() => {});
    return this.queue;
  }

  private async append(chunk: Buffer): Promise<void> {
    if (this.isClosed) return;
    if (this.file !== null && this.bytes + chunk.byteLength > maxFileBytes) {
      await this.letGo();
      await rename(this.path, `${this.path}.1`);
    }
    if (this.file === null) {
      this.file = await open(this.path, appending, fileMode);
      this.bytes = (await this.file.stat()).size;
    }
    await this.file.writeFile(chunk);
    this.bytes += chunk.byteLength;
  }

  private async letGo(): Promise<void> {
    const { file } = this;
    this.file = null;
    await file?.close();
  }
}

/** Keeps what a child prints, and gives back the end of its standard error. */
export function listen(child: ChildProcess, output: InstanceOutput | undefined): () => string {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = endOfText(stderr + text, keptStderrCharacters);
    hold(child.stderr, output?.write(Buffer.from(text)));
  });
  child.stdout?.on('data', (chunk: Buffer) => hold(child.stdout, output?.write(chunk)));
  return () => stderr;
}

/** Reads on once it is written: a job that prints faster than the disk waits, not our memory. */
function hold(from: Readable | null, written: Promise<void> | undefined): void {
  if (written === undefined) return;
  from?.pause();
  void written.then(() => from?.resume());
}
