import type { Randomness } from '@oakring/ports';
import type { Sighting, WordOfInstance } from '../../wires/dialect.port.js';

export type Message =
  | { readonly what: 'sighting'; readonly said: Sighting }
  | { readonly what: 'word'; readonly said: WordOfInstance };

/** What it has under a name and number: of which generation it knows nothing, its judge does. */
interface Held {
  readonly generation: number;
  status: 'pulling' | 'running' | 'stopping';
  readonly atMs: number;
  /** Ordered again during the pull. */
  repeated: boolean;
}

/**
 * A worker that does as NodeEngine was seen to do: no acknowledgements, silence during a pull, a delete
 * that meets a pull is ignored, lists that are a moment old, words kept while it is cut off and sent in any
 * order when it is back.
 */
export class SimulatedEngine {
  readonly held = new Map<string, Held>();
  isOnline = true;
  private backlog: Message[] = [];
  private readonly later: { readonly atMs: number; readonly act: () => void }[] = [];
  private nextLists: number[];

  constructor(
    private readonly chance: Randomness,
    private readonly runtimes: readonly string[],
    private readonly hear: (message: Message) => void,
    /** How often it sends each of its lists. */
    private readonly periodMs: number,
  ) {
    this.nextLists = runtimes.map(() => chance.integer(this.periodMs));
  }

  deploy(key: string, generation: number, nowMs: number): void {
    if (!this.isOnline) return;
    const known = this.held.get(key);
    if (known?.status === 'pulling') {
      known.repeated = true;
    } else if (known !== undefined) {
      this.say(key, 'failed', 'task already deployed');
    } else if (this.chance.integer(12) === 0) {
      this.after(nowMs + 100, () => this.say(key, 'failed', 'no such image'));
    } else {
      const held: Held = { generation, status: 'pulling', atMs: nowMs, repeated: false };
      this.held.set(key, held);
      const pullMs = this.chance.integer(3) === 0 ? 1_000 + this.chance.integer(60_000) : 200;
      this.after(nowMs + pullMs, () => {
        if (this.held.get(key) !== held) return;
        held.status = 'running';
        this.say(key, 'created', null);
        if (held.repeated) this.say(key, 'failed', 'task already deployed');
      });
    }
  }

  delete(key: string, nowMs: number): void {
    const held = this.held.get(key);
    if (!this.isOnline || held?.status !== 'running') return;
    held.status = 'stopping';
    this.say(key, 'stopping', null);
    this.after(nowMs + 30 + this.chance.integer(80), () => this.end(key, held, 'ended'));
  }

  /** The workload comes to its end by itself. */
  die(key: string, says: 'ended' | 'completed'): void {
    const held = this.held.get(key);
    if (held?.status === 'running') this.end(key, held, says);
  }

  /** Killed and started again: all that it had is gone, and nobody is told. */
  restart(): void {
    this.held.clear();
    this.later.length = 0;
    this.backlog = [];
    this.isOnline = true;
  }

  cut(): void {
    this.isOnline = false;
  }

  /** What was kept comes at once, in any order. */
  comeBack(): void {
    this.isOnline = true;
    while (this.backlog.length > 0) {
      const [message] = this.backlog.splice(this.chance.integer(this.backlog.length), 1);
      if (message !== undefined) this.hear(message);
    }
  }

  tick(nowMs: number): void {
    for (const due of this.later.filter(({ atMs }) => atMs <= nowMs)) {
      this.later.splice(this.later.indexOf(due), 1);
      due.act();
    }
    for (const [index, list] of this.runtimes.entries()) {
      if (nowMs < (this.nextLists[index] ?? 0)) continue;
      this.nextLists[index] = nowMs + this.periodMs - 50 + this.chance.integer(100);
      // What runs is in one list, and the others are without it.
      const said = { list, instances: index === 0 ? this.listed() : [] };
      this.after(nowMs + this.chance.integer(300), () => this.send({ what: 'sighting', said }));
    }
  }

  private listed(): Sighting['instances'] {
    const there = [...this.held].filter(([, { status }]) => status !== 'pulling');
    return there.map(([key]) => ({ ...addressOf(key), status: 'running' as const }));
  }

  private end(key: string, held: Held, says: 'ended' | 'completed'): void {
    if (this.held.get(key) !== held) return;
    this.held.delete(key);
    this.say(key, says, 'Container is starting up');
  }

  private say(key: string, says: WordOfInstance['says'], detail: string | null): void {
    const said = { ...addressOf(key), says, detail, publicIp: null };
    this.send({ what: 'word', said });
  }

  private send(message: Message): void {
    if (this.isOnline) this.hear(message);
    // One heartbeat in seven seconds is kept, and every word.
    else if (message.what === 'word' || this.chance.integer(4) === 0) this.backlog.push(message);
  }

  private after(atMs: number, act: () => void): void {
    this.later.push({ atMs, act });
    this.later.sort((a, b) => a.atMs - b.atMs);
  }
}

function addressOf(key: string): { name: string; instance: number } {
  const [name = '', instance] = key.split('/');
  return { name, instance: Number(instance) };
}
