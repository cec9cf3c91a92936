import type { JudgeKey, LedgerKey, LedgerKeys } from '../../client/documents.js';
import { originOf, signedText, signingKeyOf, writeVerifierKey } from '@oakring/events';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { renderTable } from '../../render/table.js';
import { demandManager } from './held.js';
import { contextOf, show, type Surroundings } from '../context.js';

interface JudgeOptions {
  readonly key?: string;
}

export function addKeyCommands(audit: Command, surroundings: Surroundings): void {
  audit
    .command('keys')
    .description('list the keys that seal the ledger')
    .option('--vkeys', 'as witnesses take them: oakring/<cluster id>+<id>+<key>')
    .action(async ({ vkeys = false }: { vkeys?: boolean }, command: Command) => {
      const context = contextOf(surroundings, command);
      show(context, await context.client.ledgerKeys(), (keys) =>
        vkeys ? vkeysOf(keys) : renderKeys(keys.items),
      );
      await demandManager(context, surroundings);
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
