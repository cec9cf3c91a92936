import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { typescriptArguments } from '../../../../../infra/typescript/typescript-arguments.js';
import { emptyHead, type Commit, verifyChain } from '@oakring/events';
import type { EventLogReader } from '../event-log.port.js';
import { openLmdbEventLog } from './lmdb-event-log.js';

/** Growth of a file beyond this fails with an error: a disk that is full for one process only. */
const fileLimitKiB = 400;

describe('The lmdb log, when the machine misbehaves', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-crash-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('loses nothing acknowledged when its process is killed, again and again', async () => {
    const acknowledged = new Map<number, string>();
    for (let round = 1; round <= 6; round += 1) {
      const before = acknowledged.size;
      const child = spawn(
        process.execPath,
        [
          ...typescriptArguments('libs/stores/testing/programs/append-until-killed.ts'),
          folder,
          `round-${round}`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      for await (const line of createInterface({ input: child.stdout })) {
        const [position = '', hash = ''] = line.split(' ');
        acknowledged.set(Number(position), hash);
        // At another point of the work each time; what is still in the pipe is read after it.
        if (acknowledged.size === before + 13 * round) child.kill('SIGKILL');
      }
      const log = await openLmdbEventLog(folder);
      const commits = await everyCommit(log);
      const { position } = await log.head();
      await log.close();
      expect(verifyChain(commits, emptyHead)).toMatchObject({
        status: 'intact',
        head: { position },
      });
      for (const [at, hash] of acknowledged) expect(commits[at - 1]?.hash).toBe(hash);
      // At most the one commit in flight was durable and not acknowledged.
      expect(position - Math.max(...acknowledged.keys())).toBeLessThanOrEqual(1);
    }
  });

  it('is unavailable on a full disk, writes nothing, and goes on when there is room', async () => {
    const command = `ulimit -S -f ${fileLimitKiB}; exec "$@"`;
    const program = [
      process.execPath,
      ...typescriptArguments('libs/stores/testing/programs/append-until-full.ts'),
      folder,
    ];
    const child = spawn('bash', ['-c', command, 'bash', ...program], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const full = reportOf(await lines.next());
    expect(full.outcomes.map(({ status }) => status)).toEqual(['unavailable', 'unavailable']);
    expect(full.position).toBeGreaterThan(5);
    makeRoom(child);
    const later = reportOf(await lines.next());
    expect(later).toEqual({
      outcomes: [{ status: 'appended' }],
      position: full.position + 1,
      obstacle: null,
    });
    const log = await openLmdbEventLog(folder);
    const commits = await everyCommit(log);
    await log.close();
    expect(commits).toHaveLength(full.position + 1);
    expect(verifyChain(commits, emptyHead).status).toBe('intact');
  });

  it('names the full disk until there is room, and refuses a read-only one at the start', async () => {
    const mount = join(folder, 'mount');
    mkdirSync(mount);
    if (!mounts(mount)) {
      console.warn('SKIPPED: no right to mount a small file system (run as root to cover it)');
      return;
    }
    try {
      const ledger = join(mount, 'ledger');
      const program = [
        ...typescriptArguments('libs/stores/testing/programs/append-until-full.ts'),
        ledger,
      ];
      // lmdb itself prints the failure as well.
      const child = spawn(process.execPath, program, { stdio: ['pipe', 'pipe', 'ignore'] });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const full = reportOf(await lines.next());
      expect(JSON.stringify(full.outcomes)).toMatch(/unavailable.*the disk is full/);
      expect(full.obstacle).toContain('the disk is full');
      execFileSync('mount', ['-o', 'remount,size=4m', mount]);
      child.stdin.write('\n');
      const later = reportOf(await lines.next());
      expect(later).toEqual({
        outcomes: [{ status: 'appended' }],
        position: full.position + 1,
        obstacle: null,
      });
      await once(child, 'exit');
      execFileSync('mount', ['-o', 'remount,ro', mount]);
      await expect(openLmdbEventLog(ledger)).rejects.toMatchObject({
        code: 'data-folder-unusable',
        message: expect.stringContaining('read-only'),
      });
    } finally {
      execFileSync('umount', [mount]);
    }
  });
});

async function everyCommit(log: EventLogReader): Promise<Commit[]> {
  const commits: Commit[] = [];
  for (;;) {
    const next = await log.read({ from: commits.length + 1, limit: 1000 });
    if (next.length === 0) return commits;
    commits.push(...next);
  }
}

interface Report {
  readonly outcomes: readonly { readonly status: string }[];
  readonly position: number;
  /** Why nothing could be appended; null once something could. */
  readonly obstacle: string | null;
}

function reportOf(line: IteratorResult<string>): Report {
  // The program of this test printed it.
  return JSON.parse(String(line.value)) as Report;
}

function makeRoom(child: ChildProcess): void {
  execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited:unlimited']);
  child.stdin?.write('\n');
}

function mounts(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
