import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberedKey, SampleLedger } from '@oakring/events/testing';
import { systemPorts } from '@oakring/ports';
import { chainVerifier, emptyHead, LogDamaged } from '@oakring/events';
import { openEventStore } from '@oakring/stores';
import { dataFileName, inspectDataFile, walkLedger } from '@oakring/stores/testing';
import type { Target } from '../fuzz.js';
import { hold } from './holds.js';

const folder = mkdtempSync(join(tmpdir(), 'oakring-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, dataFileName);

/** A ledger's file as lmdb wrote it. */
async function ledgerFile(works: number): Promise<Uint8Array> {
  const key = numberedKey(1);
  const ledger = new SampleLedger(key);
  ledger.work(works);
  ledger.seal(key);
  const made = mkdtempSync(join(tmpdir(), 'oakring-fuzz-seed-'));
  try {
    const { log, close } = await openEventStore(made, systemPorts().timers);
    for (const commit of ledger.commits) await log.append(commit);
    await close();
    return readFileSync(join(made, dataFileName));
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** What is read of a file before lmdb sees it, which ends the process on some kinds of garbage. */
const dataFile: Target = {
  name: 'lmdb',
  seeds: async () => [await ledgerFile(2), await ledgerFile(40)],
  read(input) {
    writeFileSync(path, input);
    const { status } = inspectDataFile(path);
    hold(['sound', 'damaged', 'layout-unknown'].includes(status), status);
    try {
      const chain = chainVerifier(emptyHead);
      for (const walked of walkLedger(folder)) {
        // Whoever takes a commit judges it before he asks for the next one.
        if (walked.status === 'damaged' || chain.next(walked.commit) !== null) return;
      }
    } catch (error) {
      if (!(error instanceof LogDamaged)) throw error;
    }
  },
};

export const ledgerFiles: readonly Target[] = [dataFile];
