import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { steadySbom } from './sbom.js';

export interface Release {
  /** Paths of what was made. */
  readonly archive: string;
  readonly sbom: string;
  readonly sums: string;
  /** Of the archive. */
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
}

/**
 * What a release consists of, of the tree as it is built, in an existing folder: the package, the list of what is
 * in it (CycloneDX, of all packages that an installation or our programs hold), and the digests of both. Of one
 * commit it has the same bytes each time.
 *
 * @param seconds since 1970: what it is of.
 */
export function makeRelease(folder: string, seconds: number): Release {
  const json = npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder);
  // What npm writes.
  const [packed] = JSON.parse(json) as [
    {
      readonly filename: string;
      readonly size: number;
      readonly unpackedSize: number;
      readonly entryCount: number;
    },
  ];
  const { filename, size: bytes, unpackedSize: unpackedBytes, entryCount: files } = packed;
  const locked = ['--omit=dev', '--package-lock-only'];
  const list = npm('sbom', '--sbom-format=cyclonedx', '--sbom-type=application', ...locked);
  const name = filename.replace(/\.tgz$/, '.cdx.json');
  const [archive, sbom, sums] = [
    join(folder, filename),
    join(folder, name),
    join(folder, 'SHA256SUMS'),
  ];
  writeFileSync(sbom, steadySbom(list, seconds));
  const digests = [archive, sbom].map(
    (path) => `${sha256(readFileSync(path))}  ${basename(path)}\n`,
  );
  writeFileSync(sums, digests.join(''));
  return { archive, sbom, sums, bytes, unpackedBytes, files };
}

/** SOURCE_DATE_EPOCH where that is set (reproducible-builds.org), and otherwise when the commit was made. */
export function sourceSeconds({ SOURCE_DATE_EPOCH: given }: NodeJS.ProcessEnv): number {
  if (given !== undefined && /^\d+$/.test(given)) return Number(given);
  const { stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' });
  return Number(stdout.trim());
}

function npm(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('npm', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  throw new Error(`npm ${args.join(' ')} ended with ${status}:\n${stderr}`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
