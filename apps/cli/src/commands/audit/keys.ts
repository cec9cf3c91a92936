import type { JudgeKey, LedgerKey, LedgerKeys } from '../../client/documents.js';
import {
  decodeEvents,
  originOf,
  signedText,
  signingKeyOf,
  writeVerifierKey,
} from '@oakring/events';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { renderTable } from '../../render/table.js';
import { demandManager } from './held.js';
import { contextOf, show, type Context, type Surroundings } from '../context.js';
import { soundCommitsOf, storeOf } from './store.js';
import { clearProgress, tellProgress } from './verify.js';

interface KeysOptions {
  readonly vkeys?: boolean;
  readonly store?: string;
}

interface JudgeOptions {
  readonly key?: string;
}

export function addKeyCommands(audit: Command, surroundings: Surroundings): void {
  audit
    .command('keys')
    .description('list the keys that seal the ledger')
    .option('--vkeys', 'as witnesses take them: oakring/<cluster id>+<id>+<key>')
    .option('--store <store>', 'of this ledger, a folder or mongodb://…, instead of the manager’s')
    .action(async ({ vkeys = false, store }: KeysOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const keys =
        store === undefined
          ? await context.client.ledgerKeys()
          : await keysIn(storeOf(surroundings.env, store), context);
      show(context, keys, (shown) => (vkeys ? vkeysOf(shown) : renderKeys(shown.items)));
      if (store === undefined) await demandManager(context, surroundings);
    });
  for (const order of ['endorse', 'revoke'] as const) {
    audit
      .command(order)
      .description(
        order === 'endorse'
          ? 'vouch for a key, in the name of the leader’s'
          : 'say that a key counts no more, in the name of the leader’s',
      )
      .argument('<fingerprint>', 'of the key, as "audit keys" lists it')
      .option('--key <pem>', 'sign with this key instead: for when the leader’s does not count')
      .action(async (fingerprint: string, options: JudgeOptions, command: Command) => {
        const context = contextOf(surroundings, command);
        const signed =
          options.key === undefined
            ? null
            : await signedBy(options.key, order, fingerprint, await context.client.ledgerKeys());
        const answer = await context.client.judgeKey(fingerprint, order, signed);
        show(context, answer, ({ status }) => `key ${fingerprint}: ${status}`);
      });
  }
}

/** As the ledger itself tells it: what of it is whole "audit verify" judges. */
async function keysIn(store: string, { terminal, ports }: Context): Promise<LedgerKeys> {
  // Loaded here: most commands of an auditor fold nothing.
  const { ClusterState, foldCommit, ledgerKeysOf } = await import('@oakring/model');
  const state = new ClusterState(false);
  for await (const commit of soundCommitsOf(store, ports)) {
    foldCommit(state, commit, decodeEvents(commit));
    tellProgress(terminal, commit.position);
  }
  clearProgress(terminal);
  return ledgerKeysOf(state);
}

async function signedBy(
  path: string,
  order: 'endorse' | 'revoke',
  fingerprint: string,
  { clusterId, tree: { position, merkleRoot } }: LedgerKeys,
): Promise<JudgeKey> {
  const pem = await readFile(path, 'utf8').catch((error: Error) => {
    throw new CommandFailure(`${path} cannot be read: ${error.message}`, exitCodes.usage);
  });
  const key = signingKeyOf(pem);
  const verdict = order === 'endorse' ? 'endorsed' : 'revoked';
  const statement = { clusterId, verdict, fingerprint, position, merkleRoot } as const;
  const signature = key.sign(signedText(statement));
  return { by: key.fingerprint, signature, position, merkleRoot };
}

function vkeysOf({ clusterId, items }: LedgerKeys): string {
  const name = originOf(clusterId);
  return items
    .flatMap(({ publicKey }) =>
      publicKey === null ? [] : [writeVerifierKey({ name, publicKey }, 'ed25519')],
    )
    .join('\n');
}

function renderKeys(keys: readonly LedgerKey[]): string {
  return renderTable(
    ['fingerprint', 'status', 'by', 'position'],
    keys.map(({ fingerprint, status, by, position }) => [
      fingerprint,
      status,
      by === fingerprint ? 'founding' : (by ?? '').slice(0, 16),
      String(position),
    ]),
  );
}
