import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isObject, shownUrl } from '@oakring/contracts';
import { StartFailure } from '../runtime.port.js';

/** Bigger than any unikernel: a server must not fill the disk. */
const maxImageBytes = 2 * 1_073_741_824;
const fetchWithinMs = 15 * 60_000;
const folderMode = 0o700;

export interface ImageToFetch {
  readonly url: string;
  /** SHA-256 of its bytes, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Where it is to lie. */
  readonly path: string;
  /** Where it lies until it is whole: this start's alone. */
  readonly beside: string;
}

/** Fetches an image and compares it; nothing is at `path` before it is whole. Throws `StartFailure`. */
export async function fetchImage(
  { url, sha256, path, beside }: ImageToFetch,
  signal: AbortSignal,
  progress: (what: string) => void,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: folderMode });
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(fetchWithinMs)]);
    const answer = await fetch(url, { signal: within });
    if (!answer.ok || answer.body === null) {
      const why = `HTTP ${answer.status}`;
      throw new StartFailure(`image ${shownUrl(url)} cannot be fetched: ${why}`, 'job');
    }
    const size = Number(answer.headers.get('content-length') ?? 0);
    const seen = new Seen(url, size, progress);
    const file = createWriteStream(beside, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(Readable.fromWeb(answer.body), seen.stream, file, { signal: within });
    compareHash(seen.hash.digest('hex'), sha256, shownUrl(url));
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    if (signal.aborted) throw new Error('the start was cancelled', { cause: error });
    if (error instanceof StartFailure) throw error;
    throw new StartFailure(`image ${shownUrl(url)} cannot be fetched: ${causeOf(error)}`, 'node');
  }
}

/** Hashes and counts what passes. */
class Seen {
  readonly hash = createHash('sha256');
  private bytes = 0;
  readonly stream: Transform;

  constructor(url: string, size: number, progress: (what: string) => void) {
    this.stream = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.bytes += chunk.byteLength;
        this.hash.update(chunk);
        const share =
          size > 0 ? `${Math.floor((this.bytes / size) * 100)} %` : `${this.bytes} bytes`;
        progress(`fetching ${shownUrl(url)}: ${share}`);
        done(this.bytes > maxImageBytes ? tooLarge(url) : null, chunk);
      },
    });
  }
}

/** Throws `StartFailure` where an image is not the one that was asked for. */
export function compareHash(found: string, expected: string, place: string): void {
  if (found === expected) return;
  throw new StartFailure(
    `image ${place} is not what the job names: its SHA-256 is ${found}, and ${expected} was asked for`,
    'job',
  );
}

/** What `fetch` itself says of a failure is only that there was one. */
function causeOf(error: unknown): string {
  const cause = isObject(error) ? (error['cause'] ?? error) : error;
  return isObject(cause) ? String(cause['message']) : String(cause);
}

function tooLarge(url: string): StartFailure {
  const most = `${maxImageBytes / 1_073_741_824} GiB`;
  return new StartFailure(
    `image ${shownUrl(url)} is larger than ${most}, the most that is fetched`,
    'job',
  );
}
