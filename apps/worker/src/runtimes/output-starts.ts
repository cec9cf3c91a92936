import { constants, type BigIntStats } from 'node:fs';
import { open, readFile, rename, stat, writeFile } from 'node:fs/promises';

/** A list that has grown to this is rid of the starts of which nothing is kept any more. */
const maxListBytes = 65_536;
/** Of those that are kept then: the oldest of an instance that prints nothing and fails at once, for days. */
const maxStarts = 500;
const fileMode = 0o600;
const appending =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** Where a start of an instance began to print. */
export interface NotedStart {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly generation: number;
  /** Which file (`fileIdOf`), and how many bytes of others it had. */
  readonly file: string;
  readonly offset: number;
}

const startsPathOf = (path: string): string => `${path}.starts`;

/** A file keeps it when it is set aside. Its inode alone may be another file's later. */
export function fileIdOf({ ino, birthtimeNs }: BigIntStats): string {
  return `${ino}.${birthtimeNs}`;
}

/**
 * Notes that what comes into this output from now on is of another start: a line `<milliseconds> <generation> <file>
 * <bytes>` in `<path>.starts`. Beside the output and not in it: an instance may print whatever such a line says.
 */
export async function noteStart(path: string, atMs: number, generation: number): Promise<void> {
  const stats = await stat(path, { bigint: true });
  const offset = Number(stats.size);
  const line = lineOf({ atMs, generation, file: fileIdOf(stats), offset });
  const starts = await open(startsPathOf(path), appending, fileMode);
  try {
    await starts.writeFile(line);
    if ((await starts.stat()).size > maxListBytes) await thin(path);
  } finally {
    await starts.close();
  }
}

/** Which was noted last of the files that went before this one: what that one begins with may go on from there. */
export function startBefore(starts: readonly NotedStart[], file: string): NotedStart | null {
  const isBefore = (start: NotedStart): boolean =>
    start.file !== file && bornNs(start.file) <= bornNs(file);
  return starts.findLast(isBefore) ?? null;
}

function bornNs(file: string): bigint {
  return BigInt(file.slice(file.indexOf('.') + 1));
}

/** In their order; those of files that are gone as well. */
export async function notedStarts(path: string): Promise<NotedStart[]> {
  const text = await readFile(startsPathOf(path), 'utf8').catch(() => '');
  return Array.from(
    text.matchAll(/^(\d+) (\d+) (\d+\.\d+) (\d+)$/gm),
    ([, atMs, generation, file = '', offset]) => ({
      atMs: Number(atMs),
      generation: Number(generation),
      file,
      offset: Number(offset),
    }),
  );
}

function lineOf({ atMs, generation, file, offset }: NotedStart): string {
  return `${Math.floor(atMs)} ${generation} ${file} ${offset}\n`;
}

async function thin(path: string): Promise<void> {
  const there = await Promise.all([path, `${path}.1`].map(idAt));
  const starts = await notedStarts(path);
  const isThere = ({ file }: NotedStart): boolean => there.includes(file);
  // What the oldest file begins with is of the last that is gone.
  const gone = starts.findLast((start) => !isThere(start));
  const kept = starts.filter((start) => isThere(start) || start === gone);
  const thinned = `${startsPathOf(path)}.new`;
  await writeFile(thinned, kept.slice(-maxStarts).map(lineOf), { mode: fileMode });
  await rename(thinned, startsPathOf(path));
}

function idAt(path: string): Promise<string | null> {
  return stat(path, { bigint: true }).then(fileIdOf, () => null);
}
