import { Inject, Injectable } from '@nestjs/common';
import { refused, type Parsed } from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { MAX_NODES, PORTS, WORKER_COMMANDS } from '../injection/tokens.js';
import { Projection } from '../views/projection.js';
import { ofStrangers } from '../access/stranger-rates.js';
import { TokenBucket, type Rate } from '../access/token-bucket.js';
import { byItself } from '../commands/origin.js';

/** Bytes that one kind of message of one node may add to the ledger. */
const ofNode: Rate = { burst: 524_288, perSecond: 8_192 };
/** Everything that workers say together, but what carries its node's token. */
const ofAll: Rate = { burst: 67_108_864, perSecond: 524_288 };
/** What of one node is taken when others have used all of that up: it reports what it has, and little more. */
const ofShare: Rate = { burst: 16_384, perSecond: 64 };
/** What was not taken is put on record this often, as one event. */
const recordEveryMs = 60_000;
const maxNodesCounted = 10_000;

type Kind = 'registrations' | 'statuses' | 'states' | 'histories';

/** To be told what the command added to the ledger, in bytes. */
type Settle = (bytes: number) => void;

/**
 * What workers may add to the ledger, which nothing is ever taken out of: asked before a command is
 * submitted. A message costs what was appended on account of it; one that changed nothing costs
 * nothing. Each kind of message of a node has a rate of its own, a registration that carries the node's
 * token another one than those that do not: who speaks in a node's name cannot keep it from speaking.
 * When others have used up what all may add together, each node still has a small share.
 * Acknowledgements are as many as our own orders. What is not taken is counted, and one event a minute
 * says so.
 */
@Injectable()
export class WorkerAdmission {
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly strangers: TokenBucket;
  private readonly all: TokenBucket;
  /** Registrations of nodes that nobody knows, not decided yet. */
  private joining = 0;
  private refusals: Record<Kind, number> = none();
  private readonly refusedNodes = new Set<string>();
  private timer: Timer | null = null;

  constructor(
    private readonly projection: Projection,
    @Inject(WORKER_COMMANDS) private readonly queue: CommandQueue,
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(MAX_NODES) private readonly maxNodes: number,
  ) {
    const nowMs = ports.clock.monotonicMs();
    this.strangers = new TokenBucket(ofStrangers, nowMs);
    this.all = new TokenBucket(ofAll, nowMs);
  }

  /** `bytes` of the message: what is taken until it is settled. */
  admit(nodeId: string, command: Command, bytes: number): Parsed<Settle> {
    const kind = kindOf(command);
    if (kind === null) return { ok: true, value: () => {} };
    const { nodes, credentials } = this.projection.state;
    const isJoin = command.type === 'JoinNode';
    const isKnown = (isJoin ? credentials : nodes).get(nodeId) !== undefined;
    // Of an unknown node nothing else is appended.
    if (!isKnown && kind !== 'registrations') return { ok: true, value: () => {} };
    const { size } = isJoin ? credentials : nodes;
    if (!isKnown && size + this.joining >= this.maxNodes) {
      this.countRefusal(nodeId, kind);
      const are = isJoin ? 'have joined' : 'are registered';
      return refused(
        'too-many-nodes',
        `Node ${nodeId} is not taken in: ${this.maxNodes} nodes ${are}.`,
      );
    }
    const isProven =
      command.type === 'RegisterNode' &&
      (command.token === 'valid' || command.token === 'credential');
    const bucket = isKnown ? this.bucketOf(nodeId, isProven ? 'proven' : kind) : this.strangers;
    const further = isProven ? [] : this.furtherBucket(nodeId, isKnown);
    if (!bucket.hasAny(this.ports.clock.monotonicMs()) || further === null) {
      this.countRefusal(nodeId, kind);
      const who = isKnown ? `Node ${nodeId}` : 'Workers that nobody knows';
      return refused('rate-exceeded', `${who} sent more ${kind} than are put on record.`);
    }
    return { ok: true, value: this.taken([bucket, ...further], bytes, isKnown) };
  }

  /** What is left of all that nodes may add together, else of the node's share; null: nothing. */
  private furtherBucket(nodeId: string, isKnown: boolean): readonly [TokenBucket] | null {
    const nowMs = this.ports.clock.monotonicMs();
    if (this.all.hasAny(nowMs)) return [this.all];
    const share = isKnown ? this.bucketOf(nodeId, 'share') : null;
    return share?.hasAny(nowMs) === true ? [share] : null;
  }

  private taken(buckets: readonly TokenBucket[], bytes: number, isKnown: boolean): Settle {
    for (const bucket of buckets) bucket.take(bytes);
    if (!isKnown) this.joining += 1;
    return (appended) => {
      for (const bucket of buckets) bucket.take(appended - bytes);
      if (!isKnown) this.joining -= 1;
    };
  }

  private bucketOf(nodeId: string, kind: Kind | 'proven' | 'share'): TokenBucket {
    const key = `${nodeId} ${kind}`;
    const known = this.buckets.get(key);
    if (known !== undefined) return known;
    const rate = kind === 'share' ? ofShare : ofNode;
    const bucket = new TokenBucket(rate, this.ports.clock.monotonicMs());
    this.buckets.set(key, bucket);
    this.startTimer();
    return bucket;
  }

  private countRefusal(nodeId: string, kind: Kind): void {
    this.refusals[kind] += 1;
    if (this.refusedNodes.size < maxNodesCounted) this.refusedNodes.add(nodeId);
    this.startTimer();
  }

  private startTimer(): void {
    this.timer ??= this.ports.timers.after(recordEveryMs, () => this.lookBack());
  }

  /** Puts on record what was refused, and forgets who has his whole burst again. */
  private lookBack(): void {
    this.timer = null;
    const nowMs = this.ports.clock.monotonicMs();
    for (const [key, bucket] of this.buckets) {
      if (bucket.isFull(nowMs)) this.buckets.delete(key);
    }
    if (this.buckets.size > 0) this.startTimer();
    if (this.refusedNodes.size === 0) return;
    const refusals = { ...this.refusals, nodes: this.refusedNodes.size, withinMs: recordEveryMs };
    this.refusals = none();
    this.refusedNodes.clear();
    this.queue.submit({ type: 'RecordRefusals', refusals }, byItself('admission')).catch(() => {
      // For the record; the dead letters and their count have it too.
    });
  }
}

function none(): Record<Kind, number> {
  return { registrations: 0, statuses: 0, states: 0, histories: 0 };
}

function kindOf({ type }: Command): Kind | null {
  switch (type) {
    case 'RegisterNode':
    case 'JoinNode':
      return 'registrations';
    case 'RecordWorkerStatus':
      return 'statuses';
    case 'ReconcileNode':
    case 'ConfirmState':
      return 'states';
    case 'RecordHistory':
      return 'histories';
    default:
      return null;
  }
}
