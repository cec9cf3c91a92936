import { decodeEvents } from '@oakring/events';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import { sideOf } from './compare/sides.js';
import { isManagerUrl } from './history-source.js';

interface Founding {
  readonly clusterId: string;
  readonly fingerprint: string;
}

/** `oakring audit fingerprint`: what `audit verify --trust` is given by somebody who was there. */
export function addFingerprintCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('fingerprint')
    .description('the fingerprint of the key that founded the cluster: what --trust names')
    .argument('[source]', 'a folder, mongodb://…, bundle, or address of a manager (default: --url)')
    .addHelpText(
      'after',
      '\nIt is worth what the way is worth on which it comes: have whoever founded the cluster read it out.',
    )
    .action(async (source: string | undefined, _: object, command: Command) => {
      const context = contextOf(surroundings, command, source);
      const isManager = source === undefined || isManagerUrl(source);
      const founding = isManager
        ? await ofManager(context)
        : await ofCommits(source, context, surroundings);
      if (founding === null) {
        const detail = `${source ?? context.client.url} does not show by which key it was founded.`;
        throw new CommandFailure(detail, exitCodes.unreachable);
      }
      context.terminal.out(
        context.json ? JSON.stringify(founding) : `${founding.fingerprint}  ${founding.clusterId}`,
      );
    });
}

async function ofManager({ client }: Context): Promise<Founding | null> {
  const { clusterId, items } = await client.ledgerKeys();
  const founder = items.find(({ fingerprint, by }) => fingerprint === by);
  return founder === undefined ? null : { clusterId, fingerprint: founder.fingerprint };
}

async function ofCommits(
  source: string,
  context: Context,
  { env }: Surroundings,
): Promise<Founding | null> {
  const side = await sideOf(source, context.client, context, env);
  if (side.kind === 'roots') return null;
  const commit = await side.founding();
  const events = commit === null ? [] : decodeEvents(commit);
  const cluster = events.find((event) => event.type === 'ClusterFounded');
  const key = events.find((event) => event.type === 'KeyPresented' && event.data.founding);
  if (cluster?.type !== 'ClusterFounded' || key?.type !== 'KeyPresented') return null;
  return { clusterId: cluster.data.clusterId, fingerprint: key.data.fingerprint };
}
