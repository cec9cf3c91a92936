import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MongodProcess, mongodProgram, untilPrimary } from '../infra/mongo/mongod-process.js';
import type { Figures } from './figures.js';
import { evidenceShare } from './ledger-evidence.js';
import { bareLmdb, bareMongo, runMs } from './ledger-floors.js';
import { replay } from './ledger-replay.js';
import { observeCommands, writePath } from './ledger-writes.js';
import { temporaryFolder } from './processes.js';

const concurrencies = [1, 64, 1024];
const replays = [
  { perCommit: 100, goal: 0.5 },
  { perCommit: 1, goal: 0.6 },
];

/** Where the log of one run is kept; each has a name of its own. */
type AddressOf = (name: string) => string;

/** A kind of store, and a loop of bare commits on it, without anything of ours in between. */
interface Store {
  readonly label: string;
  readonly addressOf: AddressOf;
  bareCommits(address: string, concurrency: number): Promise<number>;
}

/** The write path, replay and cost of evidence, on both stores, against bare floors of this run. */
export async function benchLedger(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const addressOf: AddressOf = (name) => join(folder, name);
  const figures = await benchStore({ label: 'lmdb', addressOf, bareCommits: bareLmdb });
  remove();
  return { ...figures, ...(await onMongodb()), ...evidenceShare() };
}

async function onMongodb(): Promise<Figures> {
  if (mongodProgram === null) return { MongoDB: 'not measured: there is no mongod' };
  const mongod = await MongodProcess.create([]);
  try {
    mongod.launch();
    await untilPrimary(mongod.port);
    const addressOf: AddressOf = (name) =>
      `mongodb://127.0.0.1:${mongod.port}/${name}?directConnection=true`;
    const figures = await benchStore({ label: 'MongoDB', addressOf, bareCommits: bareMongo });
    const smallest = Number(figures['MongoDB, 1024 at once: smallest commands/s']);
    return { ...figures, ...besideEmmett(addressOf('emmett'), smallest) };
  } finally {
    await mongod.remove();
  }
}

async function benchStore({ label, addressOf, bareCommits }: Store): Promise<Figures> {
  const figures = new Map<string, string | number>();
  for (const concurrency of concurrencies) {
    const floor = await bareCommits(addressOf(`bare${concurrency}`), concurrency);
    const ours = await writePath(addressOf(`ours${concurrency}`), concurrency);
    const name = `${label}, ${concurrency} at once`;
    const goal = concurrency === 1024 ? ' (goal ≥ 0.4)' : '';
    figures.set(`${name}: commands/s`, Math.round(ours.perSecond));
    figures.set(`${name}: answer p50 / p99 ms`, `${ours.p50.toFixed(1)} / ${ours.p99.toFixed(1)}`);
    figures.set(`${name}: of a bare commit loop${goal}`, (ours.perSecond / floor).toFixed(2));
    if (concurrency !== 1024) continue;
    figures.set(`${label}: bytes per stored event (a job)`, ours.bytesPerEvent);
    const small = await writePath(addressOf('small'), concurrency, observeCommands);
    figures.set(`${name}: smallest commands/s`, Math.round(small.perSecond));
  }
  for (const { perCommit, goal } of replays) {
    const share = await replay(addressOf(`replay${perCommit}`), perCommit);
    const name = `${label}, replay at ${perCommit} a commit`;
    const verifying = `${label}, verification at ${perCommit} a commit`;
    figures.set(`${name}: events/s`, Math.round(share.folded.perSecond));
    figures.set(
      `${name}: of reading and JSON.parse (goal ≥ ${goal})`,
      share.folded.ratio.toFixed(2),
    );
    figures.set(`${verifying}: events/s`, Math.round(share.verified.perSecond));
    figures.set(
      `${verifying}: of reading and JSON.parse (goal ≥ 0.7)`,
      share.verified.ratio.toFixed(2),
    );
  }
  return Object.fromEntries(figures);
}

/** Appends of a peer's store to the same mongod; its event is about as small as our smallest command. */
function besideEmmett(url: string, ours: number): Figures {
  const peers = join(import.meta.dirname, 'peers');
  try {
    if (!existsSync(join(peers, 'node_modules'))) {
      const quietly = ['--legacy-peer-deps', '--no-package-lock', '--no-audit', '--no-fund'];
      execFileSync('npm', ['install', ...quietly], { cwd: peers, stdio: 'ignore' });
    }
    const program = [join(peers, 'emmett-load.js'), url, '1024', String(runMs)];
    const said = execFileSync(process.execPath, program, { encoding: 'utf8' });
    const { perSecond } = JSON.parse(said) as { perSecond: number };
    return {
      'emmett-mongodb, 1024 at once: appends/s': Math.round(perSecond),
      'ours / emmett-mongodb (goal ≥ 35)': (ours / perSecond).toFixed(0),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { 'emmett-mongodb': `not measured: ${why.slice(0, 120)}` };
  }
}
