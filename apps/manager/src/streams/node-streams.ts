import { OakringError, type Call, type Refusal } from '@oakring/contracts';
import { leadershipOf, type NodeRecord } from '@oakring/model';
import type { Ports, Timer } from '@oakring/ports';
import type { Order, SaidOf } from '../wires/dialect.port.js';
import type { Projection } from '../views/projection.js';
import { NodeStream, windowBytes, type CallSaid } from './node-stream.js';

/** Streams that are open at once, and of these of one node: each may hold a window of bytes. */
const maxStreams = 256;
const maxOfNode = 64;
/** What workers may say more is told in turns, so much at a time: readings come first. */
const turnMs = 20;
const bytesATurn = 3 * windowBytes;
/** We say that we are there this often; a worker that said nothing for so long is not. */
const lookEveryMs = 5_000;
const silentAfterMs = 20_000;
const openWithinMs = 10_000;

/** What is wanted of a node's worker. */
export type Wanted = Pick<
  Call,
  | 'wants'
  | 'job'
  | 'instance'
  | 'generation'
  | 'technology'
  | 'agoMs'
  | 'tail'
  | 'follow'
  | 'previous'
  | 'notBefore'
  | 'after'
  | 'command'
  | 'tty'
  | 'columns'
  | 'rows'
>;

/** What may be asked of whichever manager leads. */
export interface Streams {
  /** Throws `overloaded` when as many are open as may be, and `not-leading`. */
  open(node: NodeRecord, wanted: Wanted): NodeStream;
}

/** The way down to workers, as a term has it. */
interface Down {
  send(nodeId: string, order: Order): Promise<Refusal | 'unheard' | null>;
  onDown(listener: () => void): void;
}

interface StreamsParts {
  readonly link: Down;
  readonly projection: Projection;
  readonly ports: Pick<Ports, 'clock' | 'timers' | 'ids'>;
}

/**
 * Streams between workers and whoever reads them here, for one term (ADR 31): neither the writer, nor the
 * ledger, nor the telemetry knows of them. They end with the term, with the link to the broker, with the
 * start of the worker that they were opened to.
 */
export class NodeStreams implements Streams {
  private readonly streams = new Map<string, NodeStream>();
  private readonly owed = new Set<NodeStream>();
  private turn: Timer | null = null;
  private looks: Timer | null = null;
  private readonly leave: () => void;

  constructor(private readonly parts: StreamsParts) {
    const { link, projection } = parts;
    link.onDown(() => this.breakAll('The connection to the broker is lost.'));
    this.leave = projection.onProjected((_events, _head, { nodes }) => {
      if (this.streams.size > 0) this.nodesChanged(nodes);
    });
  }

  /** How many are open. */
  get size(): number {
    return this.streams.size;
  }

  open(node: NodeRecord, wanted: Wanted): NodeStream {
    const { ports } = this.parts;
    const { id: nodeId, incarnation } = node;
    this.refuseTooMany(nodeId);
    const id = ports.ids.next();
    const say = (said: CallSaid): void => this.say(nodeId, { stream: id, incarnation, ...said });
    const stream: NodeStream = new NodeStream(nodeId, incarnation, ports.clock.monotonicMs(), {
      say,
      owes: () => this.owe(stream),
      left: () => this.forget(id),
    });
    this.streams.set(id, stream);
    this.looks ??= ports.timers.every(lookEveryMs, () => this.look());
    const limit = ports.timers.after(openWithinMs, () =>
      stream.abandon(silent(nodeId, openWithinMs)),
    );
    const answered = (): void => limit.cancel();
    stream.opened.then(answered, answered);
    say({ call: 'open', credit: windowBytes, ...wanted });
    return stream;
  }

  /** A worker said something on a stream. What nobody knows is of one that has ended, or made up. */
  heard(nodeId: string, said: SaidOf<'stream'>['said']): void {
    const stream = this.streams.get(said.stream);
    if (stream?.nodeId !== nodeId) return;
    if (said.incarnation !== null && said.incarnation !== stream.incarnation) return;
    stream.heardMs = this.parts.ports.clock.monotonicMs();
    stream.heard(said);
  }

  /** The term is over. */
  stop(): void {
    this.leave();
    const detail = 'This manager does not lead any more.';
    for (const stream of this.streams.values()) {
      stream.broke(new OakringError({ code: 'not-leading', detail }));
    }
  }

  private refuseTooMany(nodeId: string): void {
    let ofNode = 0;
    for (const stream of this.streams.values()) if (stream.nodeId === nodeId) ofNode += 1;
    if (this.streams.size < maxStreams && ofNode < maxOfNode) return;
    const detail = `${this.streams.size} streams of workers are open, ${ofNode} of them of node ${nodeId}.`;
    throw new OakringError({ code: 'overloaded', detail });
  }

  private say(nodeId: string, said: Omit<Call, 'epoch' | 'ledger'>): void {
    const { link, projection } = this.parts;
    const call: Call = { ...said, ...leadershipOf(projection.state) };
    const isNeeded = said.call === 'open' || said.call === 'input';
    const failed = (detail: string): void => {
      // Credit is said again, and again.
      const problem = { code: 'worker-silent', detail } as const;
      if (isNeeded) this.streams.get(said.stream)?.broke(new OakringError(problem));
    };
    link.send(nodeId, { what: 'call', said: call }).then(
      (refusal) => {
        if (refusal === 'unheard') failed(`Nobody listens for calls of node ${nodeId}.`);
        else if (refusal !== null) failed(`Node ${nodeId} cannot be called: ${refusal.detail}`);
      },
      (error: unknown) => failed(error instanceof Error ? error.message : String(error)),
    );
  }

  private owe(stream: NodeStream): void {
    this.owed.add(stream);
    this.turn ??= this.parts.ports.timers.after(turnMs, () => this.grantOwed());
  }

  private grantOwed(): void {
    this.turn = null;
    let left = bytesATurn;
    for (const stream of this.owed) {
      if (left <= 0) break;
      this.owed.delete(stream);
      left -= stream.grant();
    }
    if (this.owed.size > 0)
      this.turn = this.parts.ports.timers.after(turnMs, () => this.grantOwed());
  }

  private look(): void {
    const nowMs = this.parts.ports.clock.monotonicMs();
    for (const stream of this.streams.values()) {
      if (nowMs - stream.heardMs >= silentAfterMs) {
        stream.abandon(silent(stream.nodeId, silentAfterMs));
      } else this.owe(stream);
    }
  }

  private nodesChanged(changed: ReadonlySet<string>): void {
    for (const stream of this.streams.values()) {
      if (!changed.has(stream.nodeId)) continue;
      const node = this.parts.projection.state.nodes.get(stream.nodeId);
      const reason = this.lossOf(stream, node);
      if (reason !== null) stream.broke(new OakringError({ code: 'node-away', detail: reason }));
    }
  }

  private lossOf({ nodeId, incarnation }: NodeStream, node: NodeRecord | undefined): string | null {
    if (node === undefined) return `Node ${nodeId} was forgotten.`;
    if (node.incarnation !== incarnation) return `The worker of node ${nodeId} has started anew.`;
    if (node.status === 'disconnected' || node.status === 'lost') {
      return `Node ${nodeId} is ${node.status}: ${node.reason}.`;
    }
    return null;
  }

  private breakAll(detail: string): void {
    for (const stream of this.streams.values()) {
      stream.broke(new OakringError({ code: 'broker-unreachable', detail }));
    }
  }

  private forget(id: string): void {
    const stream = this.streams.get(id);
    if (stream !== undefined) this.owed.delete(stream);
    this.streams.delete(id);
    if (this.streams.size > 0) return;
    for (const timer of [this.turn, this.looks]) timer?.cancel();
    this.turn = null;
    this.looks = null;
  }
}

function silent(nodeId: string, ms: number): OakringError {
  const detail = `The worker of node ${nodeId} said nothing for ${ms / 1_000} s.`;
  return new OakringError({ code: 'worker-silent', detail });
}
