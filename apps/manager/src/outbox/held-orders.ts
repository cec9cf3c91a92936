import type { Changes, ClusterState, CommandRecord } from '@oakring/model';
import type { CommandQueue } from '../commands/command.js';
import { byItself } from '../commands/origin.js';
import type { Doing, Look, Outcome, Process, Seen } from '../supervision/process.js';
import { nothing } from '../supervision/process.js';

/** An order that waits for so long is not one that leaves with the next list. */
const heldForMs = 15_000;
const lookAgainMs = 5_000;

/** Who knows why an order may not be sent, where nothing else says so; null: nothing is known. */
type WhyHeld = (command: CommandRecord) => string | null;

/** Puts on record why an order is not sent: once each time that it is issued. */
export class HeldOrders implements Process<string> {
  readonly name = 'held-orders';
  readonly most = 1;
  readonly mostAtOnce = 1;
  readonly restMs = 0;
  readonly backoff = { firstMs: 5_000, mostMs: 60_000 };

  constructor(
    private readonly whyHeld: WhyHeld,
    /** Whether orders to a node may have to wait for what is in no view. */
    private readonly mayHold: (nodeId: string) => boolean,
    private readonly queue: CommandQueue,
  ) {}

  *all({ unsentOfNode }: ClusterState): Generator<string> {
    for (const nodeId of unsentOfNode.names()) yield* unsentOfNode.of(nodeId);
  }

  concerned({ commands }: Changes): Iterable<string> {
    return commands;
  }

  fact(id: string, { commands }: ClusterState): string | null {
    const command = commands.get(id);
    if (command?.status !== 'issued' || command.held !== undefined) return null;
    if (!this.mayHold(command.nodeId)) return null;
    return `ordered at ${command.issuedAt}`;
  }

  look(id: string, { commands, nodes }: ClusterState, { nowMs, sinceMs }: Seen): Look<string> {
    const command = commands.get(id);
    if (command === undefined) return nothing;
    if (nowMs < sinceMs + heldForMs) return { step: null, againMs: sinceMs + heldForMs };
    // Of one that is not ready its status says why.
    const isReady = nodes.get(command.nodeId)?.status === 'ready';
    const step = isReady ? this.whyHeld(command) : null;
    return { step, againMs: step === null ? nowMs + lookAgainMs : null };
  }

  async act([doing]: readonly Doing<string>[]): Promise<Outcome> {
    if (doing === undefined) return 'done';
    const { key: commandId, step: reason } = doing;
    await this.queue.submit<'HoldCommand'>(
      { type: 'HoldCommand', commandId, reason },
      byItself(this.name, commandId),
    );
    return 'done';
  }
}
