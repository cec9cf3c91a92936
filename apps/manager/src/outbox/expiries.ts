import type { CommandQueue } from '../commands/command.js';
import {
  nothing,
  type Doing,
  type Look,
  type Outcome,
  type Process,
  type Seen,
} from '../supervision/process.js';
import { isStart, type Changes, type ClusterState, type CommandRecord } from '@oakring/model';
import { orderValidMs } from './order-validity.js';
import type { DownLink } from './down-link.port.js';
import { byItself } from '../commands/origin.js';

/** An order that was received, and that complete states of its worker deny, gets this long. */
const deniedForMs = 60_000;
/** While nothing can be heard of an order it is looked at again after this long. */
const deafAgainMs = 1_000;

/** The newest word of a worker that it goes on with an order: it is in no view. */
interface Word {
  readonly atMs: number;
  /** How often the order had been denied by then. */
  readonly denials: number;
}

interface Expiry {
  readonly reason: string;
  readonly word: Word | undefined;
}

/**
 * Orders to start that come to nothing: neither done nor refused within five minutes of the last sign
 * that it goes on; or denied by its worker's complete state once more, a minute after the first time,
 * should nothing but its receipt have been heard meanwhile. Counted while the node is ready and our own
 * link is up only, and anew when either comes back or we start: an order that cannot be sent, or whose
 * answer we cannot hear, does not expire.
 */
export class Expiries implements Process<Expiry> {
  readonly name = 'expiries';
  readonly most = 1;
  readonly mostAtOnce = Number.POSITIVE_INFINITY;
  readonly restMs = 0;
  readonly backoff = { firstMs: 1_000, mostMs: 60_000 };
  private readonly words = new Map<string, Word>();

  constructor(
    private readonly link: Pick<DownLink, 'upSinceMs'>,
    private readonly queue: CommandQueue,
    private readonly clock: { monotonicMs(): number },
  ) {}

  /** The worker says that it goes on (an image is being pulled). */
  renew(id: string, state: ClusterState): void {
    if (this.fact(id, state) === null) return;
    const denials = state.commands.get(id)?.denials ?? 0;
    this.words.set(id, { atMs: this.clock.monotonicMs(), denials });
  }

  *all({ unsentOfNode, receivedOfNode }: ClusterState): Generator<string> {
    for (const orders of [unsentOfNode, receivedOfNode]) {
      for (const nodeId of orders.names()) yield* orders.of(nodeId);
    }
  }

  concerned({ commands }: Changes): Iterable<string> {
    return commands;
  }

  fact(id: string, { commands }: ClusterState): string | null {
    const command = commands.get(id);
    if (command === undefined || !isStart(command)) return null;
    return command.status === 'issued' || command.status === 'received' ? 'open' : null;
  }

  forget(id: string): void {
    this.words.delete(id);
  }

  look(id: string, { commands, nodes }: ClusterState, seen: Seen): Look<Expiry> {
    const command = commands.get(id);
    const node = nodes.get(command?.nodeId ?? '');
    if (command === undefined) return nothing;
    if (this.link.upSinceMs === null || node?.status !== 'ready') {
      return { step: null, againMs: seen.nowMs + deafAgainMs };
    }
    const word = this.words.get(id);
    // Another time of being ready begins anew, even if nobody looked in between.
    const readyMs = seen.since(`ready since ${node.since}`);
    const heardMs = Math.max(this.link.upSinceMs, readyMs, word?.atMs ?? 0);
    const { atMs, why } =
      command.denials > (word?.denials ?? 0)
        ? deniedUntil(command, { seen, heardMs, word })
        : silentUntil(command, { seen, heardMs });
    if (atMs > seen.nowMs) return { step: null, againMs: atMs };
    return { step: { reason: why, word }, againMs: null };
  }

  async act([doing]: readonly Doing<Expiry>[]): Promise<Outcome> {
    if (doing === undefined) return 'done';
    const { key: commandId, step } = doing;
    const { upSinceMs } = this.link;
    await this.queue.submit<'ExpireCommand'>(
      { type: 'ExpireCommand', commandId, reason: step.reason },
      byItself(this.name, commandId),
      undefined,
      // Renewed while the log stalled: it goes on after all.
      () => this.words.get(commandId) === step.word && this.link.upSinceMs === upSinceMs,
    );
    return 'done';
  }
}

interface Hearing {
  readonly seen: Seen;
  readonly heardMs: number;
}

interface Due {
  readonly atMs: number;
  readonly why: string;
}

function silentUntil({ nodeId, status }: CommandRecord, { seen, heardMs }: Hearing): Due {
  const minutes = orderValidMs / 60_000;
  // Its receipt is a sign as well.
  const atMs = Math.max(heardMs, seen.since(status)) + orderValidMs;
  const why =
    status === 'issued'
      ? `${nodeId} did not receive it within ${minutes} minutes`
      : `${nodeId} received it and said nothing more for ${minutes} minutes`;
  return { atMs, why };
}

/** Ordered again while it was under way: its worker does not have it. */
function deniedUntil(
  { nodeId, denials }: CommandRecord,
  { seen, heardMs, word }: Hearing & { readonly word: Word | undefined },
): Due {
  const firstMs = Math.max(heardMs, seen.since(`denied, but for ${word?.denials ?? 0}`));
  const newestMs = seen.since(`denied ${denials} times`);
  const deniedMs = newestMs - firstMs;
  const atMs = deniedMs >= deniedForMs ? newestMs : firstMs + orderValidMs;
  const seconds = Math.round((Math.max(atMs, seen.nowMs) - firstMs) / 1000);
  const why = `${nodeId} received it, and its own complete state has been without it for ${seconds} s`;
  return { atMs, why };
}
