import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceShare } from './ledger-evidence.js';
import { bareLmdb, bareMongo, runMs } from './ledger-floors.js';
import { replay } from './ledger-replay.js';
import { observeCommand, writePath } from './ledger-writes.js';
import { startMongod } from './local-mongod.js';
import { temporaryFolder } from './processes.js';

const concurrencies = [1, 64, 1024];
let runs = 0;

/** The write path, replay and cost of evidence, on both stores, against bare floors of this run. */
export async function benchLedger() {
  const { folder, remove } = temporaryFolder();
  const mongod = await startMongod(join(folder));
  const figures = {};
  try {
    Object.assign(figures, await benchStore('lmdb', (name) => join(folder, name), bareLmdb));
    if (mongod !== null) {
      const url = (name) => `${mongod.base}/${name}?directConnection=true`;
      Object.assign(figures, await benchStore('MongoDB', url, bareMongo));
      Object.assign(figures, await besideEmmett(url, figures));
    } else {
      figures['MongoDB'] = 'not measured: there is no mongod';
    }
    Object.assign(figures, evidenceShare());
  } finally {
    mongod?.child.kill('SIGKILL');
    await mongod?.gone;
    remove();
  }
  return figures;
}

async function benchStore(label, addressOf, bare) {
  const figures = {};
  for (const concurrency of concurrencies) {
    const floor = await bare(addressOf(`bare${(runs += 1)}`), concurrency);
    const ours = await writePath(addressOf(`ours${(runs += 1)}`), concurrency);
    const name = `${label}, ${concurrency} at once`;
    figures[`${name}: commands/s`] = Math.round(ours.perSecond);
    figures[`${name}: answer p50 / p99 ms`] = `${ours.p50.toFixed(1)} / ${ours.p99.toFixed(1)}`;
    figures[`${name}: of a bare commit loop${concurrency === 1024 ? ' (goal ≥ 0.4)' : ''}`] = (
      ours.perSecond / floor
    ).toFixed(2);
    if (concurrency !== 1024) continue;
    figures[`${label}: bytes per stored event (a job)`] = ours.bytesPerEvent;
    const small = await writePath(addressOf(`small${(runs += 1)}`), 1024, observeCommand);
    figures[`${label}, 1024 at once: smallest commands/s`] = Math.round(small.perSecond);
  }
  for (const [perCommit, goal] of [
    [100, 0.5],
    [1, 0.6],
  ]) {
    const share = await replay(addressOf(`replay${perCommit}`), perCommit);
    figures[`${label}, replay at ${perCommit} a commit: events/s`] = Math.round(share.perSecond);
    figures[
      `${label}, replay at ${perCommit} a commit: of reading and JSON.parse (goal ≥ ${goal})`
    ] = share.ratio.toFixed(2);
  }
  return figures;
}

async function besideEmmett(url, figures) {
  const peers = join(import.meta.dirname, 'peers');
  try {
    if (!existsSync(join(peers, 'node_modules'))) {
      const args = [
        'install',
        '--legacy-peer-deps',
        '--no-package-lock',
        '--no-audit',
        '--no-fund',
      ];
      execFileSync('npm', args, { cwd: peers, stdio: 'ignore' });
    }
    const out = execFileSync(
      process.execPath,
      [join(peers, 'emmett-load.js'), url('emmett'), '1024', String(runMs)],
      { encoding: 'utf8' },
    );
    const { perSecond } = JSON.parse(out);
    // Its event is about as small.
    const ours = figures['MongoDB, 1024 at once: smallest commands/s'];
    return {
      'emmett-mongodb, 1024 at once: appends/s': Math.round(perSecond),
      'ours / emmett-mongodb (goal ≥ 35)': (ours / perSecond).toFixed(0),
    };
  } catch (error) {
    return { 'emmett-mongodb': `not measured: ${String(error.message).slice(0, 120)}` };
  }
}
