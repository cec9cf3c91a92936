import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Finding } from './finding.js';

/** systemd-timesyncd makes it once it has the time from somewhere. */
const synchronizedFile = '/run/systemd/timesync/synchronized';
const answersWithinMs = 2_000;
const about = { part: 'clock', looked: 'time of this machine, set by NTP' };
const remedy =
  'Run an NTP service (systemd-timesyncd, chrony). Times in the ledger are those of this clock, and a ' +
  "manager whose clock is 5 s from its store's does not lead.";

/** Whether somebody sets this machine's clock, as far as that can be read here. */
export async function examineClock(): Promise<Finding> {
  if (existsSync(synchronizedFile)) return judgeNtp('yes');
  // Of a container and of a machine without systemd nothing can be read.
  return judgeNtp(await said('timedatectl', 'show', '--property=NTPSynchronized', '--value'));
}

export function judgeNtp(answer: string | null): Finding {
  if (answer === 'yes') return { ...about, level: 'ok', seen: 'it is' };
  if (answer === 'no') return { ...about, level: 'warning', seen: 'it is not', remedy };
  return { ...about, level: 'unknown', seen: 'nothing here says it', remedy };
}

interface Difference {
  readonly aheadMs: number;
  /** Half of the way there and back. */
  readonly uncertainMs: number;
  /** Beyond it something is refused. */
  readonly mostMs: number;
}

/** How far this machine's clock is from another one. */
export function judgeClock({ aheadMs, uncertainMs, mostMs }: Difference, of: string): Finding {
  const apartMs = Math.max(0, Math.abs(aheadMs) - uncertainMs);
  const looked = `this machine's clock against that of ${of}`;
  if (apartMs < 1_000) return { part: 'clock', level: 'ok', looked, seen: 'less than 1 s apart' };
  const seen = `${Math.round(apartMs / 1_000)} s ${aheadMs > 0 ? 'ahead' : 'behind'}`;
  return { part: 'clock', level: apartMs > mostMs ? 'bad' : 'warning', looked, seen, remedy };
}

async function said(program: string, ...args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { timeout: answersWithinMs });
    return stdout.trim();
  } catch {
    return null;
  }
}
