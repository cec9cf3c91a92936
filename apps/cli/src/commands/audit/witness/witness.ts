import { readVerifierKey, writeVerifierKey } from '@oakring/events';
import { InvalidArgumentError, type Command } from 'commander';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { CommandFailure, exitCodes } from '../../../exit-codes.js';
import { contextOf, type Context, type Surroundings } from '../../context.js';
import { seconds, wholeNumber } from '../../options.js';
import { followOnce, isAway } from './follow.js';
import { witnessServer } from './serve-witness.js';
import { WitnessState } from './witness-state.js';

interface WitnessOptions {
  readonly folder: string;
  readonly name: string;
  readonly follow?: string;
  readonly every: number;
  readonly once?: boolean;
  readonly serve?: number;
  readonly log: readonly Log[];
}

interface Log {
  readonly clusterId: string;
  readonly publicKey: string;
}

export function addWitnessCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('witness')
    .description('cosign checkpoints that continue those before, and no other: a witness (C2SP)')
    .option('--folder <folder>', 'its key, and what it cosigned', 'oakring-witness')
    .option('--name <name>', 'its name on cosignatures', `oakring-witness/${hostname()}`)
    .option('--follow <url>', 'ask this manager for its newest checkpoint, now and then')
    .option('--every <seconds>', 'how often', seconds, 60)
    .option('--once', 'ask once')
    .option('--serve <port>', 'answer POST /add-checkpoint on loopback instead', port)
    .option('--log <vkey>', 'key of a log that may ask; several times for several', logOf, [])
    .addHelpText(
      'after',
      `
It ends with 1 where a manager went back or forked: nothing is signed then. What it cosigned last lies in
<folder>/cosigned/<cluster id>, to be passed to "audit verify --known".

Example:
  oakring audit witness --follow http://127.0.0.1:10100`,
    )
    .action(async (options: WitnessOptions, command: Command) => {
      const context = contextOf(surroundings, command, options.follow);
      const isOne = (options.follow === undefined) !== (options.serve === undefined);
      if (!isOne) throw new CommandFailure('Give one of --follow and --serve.', exitCodes.usage);
      const state = await WitnessState.open(options.folder, options.name);
      try {
        const { terminal } = context;
        terminal.error(`witness ${writeVerifierKey(state.cosigner, 'cosignature')}`);
        const stopping = new AbortController();
        terminal.onStopSignal(() => stopping.abort());
        await (options.serve === undefined
          ? follow(context, state, options, stopping.signal)
          : serve(context, state, options, stopping.signal));
      } finally {
        await state.close();
      }
    });
}

async function follow(
  { client, terminal, ports: { clock, timers } }: Context,
  state: WitnessState,
  options: WitnessOptions,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      const seen = await followOnce(client, state, clock);
      if (seen.status === 'cosigned') {
        terminal.out(`cosigned: ${seen.position} commits of cluster ${seen.clusterId}`);
      } else if (options.once === true) {
        terminal.out(`nothing new after ${seen.position} commits`);
      }
    } catch (error) {
      if (options.once === true || !isAway(error)) throw error;
      terminal.error(error.message);
    }
    if (options.once === true) return;
    await timers.sleep(options.every * 1_000, stopping).catch(() => {});
  }
}

async function serve(
  { terminal, ports: { clock } }: Context,
  state: WitnessState,
  { log, serve: wanted = 0 }: WitnessOptions,
  stopping: AbortSignal,
): Promise<void> {
  if (log.length === 0) {
    throw new CommandFailure('Name the logs that may ask, with --log <vkey>.', exitCodes.usage);
  }
  const logs = new Map<string, readonly string[]>();
  for (const { clusterId, publicKey } of log) {
    logs.set(clusterId, [...(logs.get(clusterId) ?? []), publicKey]);
  }
  const server = witnessServer({ state, logs, clock, tell: (line) => terminal.out(line) });
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const listening = typeof address === 'object' ? address?.port : wanted;
  terminal.error(`answers POST http://127.0.0.1:${listening}/add-checkpoint`);
  if (!stopping.aborted) await once(stopping, 'abort');
  server.closeAllConnections();
  server.close();
}

function port(text: string): number {
  const value = wholeNumber(text);
  if (value <= 65_535) return value;
  throw new InvalidArgumentError('It is not a port (0 to 65535).');
}

function logOf(text: string, before: readonly Log[]): readonly Log[] {
  const key = readVerifierKey(text, 'ed25519');
  const [, clusterId] = /^oakring\/(.+)$/.exec(key?.name ?? '') ?? [];
  if (key === null || clusterId === undefined) {
    throw new InvalidArgumentError('It is no key of a log: oakring/<cluster id>+<id>+<key>.');
  }
  return [...before, { clusterId, publicKey: key.publicKey }];
}
