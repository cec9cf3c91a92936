// What `oakring audit verify` costs, of a folder that bench/ledger-history.ts wrote: in turn with a bare loop
// that reads every commit and parses it, with a thread for the index of streams and without.
//   node --import ./infra/typescript/register-built.js bench/verify-load.ts <folder>
import { readFileSync } from 'node:fs';
import { ledgerVerifier } from '@oakring/events';
import { walkLedgerOnThreads } from '@oakring/stores';
import { open as openLmdb } from 'lmdb';

const rounds = 3;

async function bareLoop(folder: string): Promise<number> {
  const root = openLmdb({ path: folder, maxDbs: 4, readOnly: true });
  const commits = root.openDB<string, number>({ name: 'commits', encoding: 'string' });
  let events = 0;
  for (const { value } of commits.getRange()) {
    const [begin, end] = [value.indexOf('\t'), value.lastIndexOf('\t')];
    JSON.parse(value.slice(0, begin));
    events += (JSON.parse(value.slice(begin + 1, end)) as readonly unknown[]).length;
  }
  await root.close();
  return events;
}

async function verify(folder: string, leastEntries: number): Promise<number> {
  const verifier = ledgerVerifier({ trust: null });
  const walk = walkLedgerOnThreads(folder, { leastEntries });
  try {
    for (const walked of walk.commits) {
      const damage = walked.status === 'damaged' ? walked.damage : verifier.next(walked.commit);
      if (damage !== null) throw new Error(`position ${damage.position}: ${damage.detail}`);
    }
    const damage = await walk.indexDamage();
    if (damage !== null) throw new Error(damage.detail);
  } finally {
    await walk.close();
  }
  return verifier.report().events;
}

/** Of this thread alone (Linux): on a busy machine the wall clock says how busy it is. */
function threadSeconds(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e9;
}

async function measured(name: string, work: () => Promise<number>): Promise<void> {
  const [cpu, thread, began] = [process.cpuUsage(), threadSeconds(), process.hrtime.bigint()];
  const events = await work();
  const onThread = threadSeconds() - thread;
  const { user, system } = process.cpuUsage(cpu);
  const wall = Number(process.hrtime.bigint() - began) / 1e9;
  const seconds = [wall, onThread, (user + system) / 1e6].map((each) => `${each.toFixed(2)} s`);
  console.log(`${name}: ${events} events, wall, main thread, all threads: ${seconds.join(', ')}`);
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder of a ledger.');
for (let round = 0; round < rounds; round += 1) {
  await measured('bare', () => bareLoop(folder));
  await measured('verify', () => verify(folder, 0));
  await measured('verify on one thread', () => verify(folder, Number.MAX_SAFE_INTEGER));
}
