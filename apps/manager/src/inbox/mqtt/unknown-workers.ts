import { Inject, Injectable } from '@nestjs/common';
import { shortened } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { DeadLetters } from '../../dead-letters/dead-letters.js';
import { PORTS } from '../../injection/tokens.js';
import type { HeardMessage } from './worker-message.js';

/** Each is put among the dead letters this often. */
const tellEveryMs = 60_000;
const maxWorkers = 10_000;
const maxNamed = 10;
const maxShown = 1_000;
const shownForMs = 600_000;

/**
 * Workers that speak under an id that nobody knows, and cannot be told: our data is new, or they belong to
 * another cluster. Nothing is ordered there. Who they are and what they say that they run is for a
 * person to see.
 */
@Injectable()
export class UnknownWorkers {
  private readonly toldMs = new Map<string, number>();
  private readonly latest = new Map<string, Heard>();

  constructor(
    private readonly deadLetters: DeadLetters,
    @Inject(PORTS) private readonly ports: Pick<Ports, 'clock'>,
  ) {}

  heard({ message, said }: HeardMessage<'sighting'>): void {
    const { nodeId, topic, payload } = message;
    const nowMs = this.ports.clock.monotonicMs();
    const named = said.instances.slice(0, maxNamed);
    const shown = named.map(({ name, instance }) => `${String(shortened(name))}/${instance}`);
    this.note(nodeId, { atMs: nowMs, runs: shown, instances: said.instances.length });
    const toldMs = this.toldMs.get(nodeId) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - toldMs < tellEveryMs) return;
    if (this.toldMs.size >= maxWorkers) this.toldMs.clear();
    this.toldMs.set(nodeId, nowMs);
    const others = said.instances.length - shown.length;
    const more = others > 0 ? ` and ${others} more` : '';
    const runs = shown.length === 0 ? 'nothing' : `${shown.join(', ')}${more}`;
    const reason =
      `Nobody knows node ${nodeId}; it says that it runs ${runs}. Nothing is ordered there. Start its ` +
      'worker again, and it registers; what it runs ends by that.';
    this.deadLetters.record({ topic, code: 'node-unknown', reason, payload, nodeId });
  }

  /** Those that were heard of late, by id. */
  list() {
    const { clock } = this.ports;
    const sinceMs = clock.monotonicMs() - shownForMs;
    for (const [id, { atMs }] of this.latest) if (atMs < sinceMs) this.latest.delete(id);
    return [...this.latest]
      .map(([id, { lastSeenMs, runs, instances }]) => ({
        ...{ id, lastSeen: new Date(lastSeenMs).toISOString(), runs, instances },
      }))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  private note(id: string, { atMs, runs, instances }: Omit<Heard, 'lastSeenMs'>): void {
    if (!this.latest.has(id) && this.latest.size >= maxShown) return;
    const lastSeenMs = this.ports.clock.wallMs();
    this.latest.set(id, { atMs, lastSeenMs, runs, instances });
  }
}

interface Heard {
  /** Monotonic. */
  readonly atMs: number;
  readonly lastSeenMs: number;
  readonly runs: readonly string[];
  readonly instances: number;
}
