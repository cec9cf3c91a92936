import { appendFile, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import type { Clock, Timer, Timers } from '@oakring/ports';

const lookEveryMs = 1_000;
/** A list that has grown to this is thinned to half of its entries. */
const maxListBytes = 65_536;

/** At `ms` the file had `size` bytes. */
interface Sample {
  readonly ms: number;
  readonly file: number;
  readonly size: number;
}

/** Beside an output, when how much of it was there: what it prints has no times of its own. */
const timesPathOf = (path: string): string => `${path}.times`;

/**
 * Looks once a second how far outputs have grown, whoever writes them, and keeps that beside them: a line
 * `<milliseconds> <inode> <bytes>` each time. A file that is set aside keeps its inode, and so its times.
 */
export class OutputTimes {
  private readonly watched = new Map<string, { users: number; last: Sample | null }>();
  private timer: Timer | null = null;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly ports: { readonly clock: Clock; readonly timers: Timers }) {}

  watch(path: string): void {
    const known = this.watched.get(path);
    if (known === undefined) this.watched.set(path, { users: 1, last: null });
    else known.users += 1;
    this.timer ??= this.ports.timers.every(lookEveryMs, () => this.look());
  }

  /** Looks a last time. */
  async unwatch(path: string): Promise<void> {
    const known = this.watched.get(path);
    if (known === undefined) return;
    await this.look([path]);
    known.users -= 1;
    if (known.users > 0) return;
    this.watched.delete(path);
    if (this.watched.size > 0) return;
    this.timer?.cancel();
    this.timer = null;
  }

  /** Looks no more. */
  close(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  /** One look after the other. */
  private look(paths: Iterable<string> = this.watched.keys()): Promise<void> {
    const all = [...paths];
    this.looking = this.looking.then(async () => {
      for (const path of all) await this.note(path).catch(() => {});
    });
    return this.looking;
  }

  private async note(path: string): Promise<void> {
    const ms = this.ports.clock.wallMs();
    const known = this.watched.get(path);
    if (known === undefined) return;
    const { last: before } = known;
    const { ino: file, size } = await stat(path);
    if (before?.file === file && before.size === size) return;
    const times = timesPathOf(path);
    // An inode may have been another file's before: what was said of that counts no more.
    const isNew = before !== null && before.file !== file;
    const lines = isNew ? [line({ ms, file, size: 0 })] : [];
    const handle = await open(times, 'a', 0o600);
    try {
      await handle.writeFile([...lines, line({ ms, file, size })].join(''));
      if ((await handle.stat()).size > maxListBytes) await thin(times);
    } finally {
      await handle.close();
    }
    known.last = { ms, file, size };
  }
}

/** That all of it was there then. */
export async function noteTime(path: string, ms: number): Promise<void> {
  const { ino: file, size } = await stat(path);
  await appendFile(timesPathOf(path), line({ ms, file, size }), { mode: 0o600 });
}

function line({ ms, file, size }: Sample): string {
  return `${ms} ${file} ${size}\n`;
}

async function thin(times: string): Promise<void> {
  const samples = parsed(await readFile(times, 'utf8'));
  const kept = samples.filter(({ size }, at) => size === 0 || at % 2 === 1);
  await writeFile(`${times}.new`, kept.slice(-samples.length / 2).map(line), { mode: 0o600 });
  await rename(`${times}.new`, times);
}

function parsed(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const [, ms, file, size] of text.matchAll(/^(\d+) (\d+) (\d+)$/gm)) {
    samples.push({ ms: Number(ms), file: Number(file), size: Number(size) });
  }
  return samples;
}

/** When each byte of an output was there first, as far as it is known. */
export class KnownTimes {
  private constructor(private readonly files: ReadonlyMap<number, Sample[]>) {}

  static async of(path: string): Promise<KnownTimes> {
    const text = await readFile(timesPathOf(path), 'utf8').catch(() => '');
    const files = new Map<number, Sample[]>();
    for (const sample of parsed(text)) {
      const known = files.get(sample.file);
      const isAnother = sample.size < (known?.at(-1)?.size ?? 0);
      if (known === undefined || isAnother) files.set(sample.file, [sample]);
      else known.push(sample);
    }
    return new KnownTimes(files);
  }

  /** Milliseconds since 1970; null: it is newer than the last look. */
  atMs(file: number, offset: number): number | null {
    const samples = this.files.get(file) ?? [];
    let low = 0;
    let high = samples.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((samples[middle]?.size ?? 0) >= offset) high = middle;
      else low = middle + 1;
    }
    return samples[low]?.ms ?? null;
  }
}
