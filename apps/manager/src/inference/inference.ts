import {
  isStart,
  placementKey,
  type ClusterState,
  type CommandRecord,
  type NodeRecord,
} from '@oakring/model';
import type { Ports } from '@oakring/ports';
import type { Inferred } from '../commands/command.js';
import type { OrderGate } from '../outbox/order-gate.port.js';
import type { Sighting, WordOfInstance } from '../wires/dialect.port.js';
import { conclusionsOn, runtimesOf } from './conclusions.js';
import { isShown, noEvidence, noteShown, type Evidence } from './evidence.js';
import { InstanceFigures } from './figures.js';
import { Pace } from './pace.js';
import { periodMs, slowestMs } from './period.js';
import { isSent, nameOfJob, NodeSight, type Known } from './sight.js';

/** The same is not told again sooner, should it have had no effect; and not later. */
const toldAgain = { firstMs: periodMs, mostMs: 60_000 };

interface Parts {
  readonly state: () => ClusterState;
  /** Whether a node's worker is one of those that say sightings and words. */
  readonly isInferred: (node: NodeRecord) => boolean;
  readonly clock: Ports['clock'];
  /** An order to start goes on, as far as can be seen. */
  readonly renew: (commandId: string) => void;
}

/**
 * Says for workers that neither acknowledge nor know generations what they leave unsaid: what became of an
 * order, and what is there (docs/state-machines.md, workers that do not acknowledge). A word or a list means
 * the placement whose order was sent there last. Nothing is concluded from what comes out of turn.
 *
 * All of it is in memory, of one term: another begins with what the views say, and waits for lists that
 * come at their own pace. Bounded by the placements of the nodes that are known.
 */
export class Inference implements OrderGate {
  readonly figures: InstanceFigures;
  private readonly sights = new Map<string, NodeSight>();
  /** What was placed before this term: its orders may have been sent by another. */
  private readonly inherited = new Set<string>();
  private readonly sinceMs: number;
  private opened: (nodeId: string) => void = () => {};

  constructor(private readonly parts: Parts) {
    this.sinceMs = parts.clock.monotonicMs();
    this.figures = new InstanceFigures(parts.clock);
    const { nodes, placementsOfNode } = parts.state();
    for (const node of nodes.values()) {
      if (!parts.isInferred(node)) continue;
      for (const key of placementsOfNode.of(node.id)) this.inherited.add(key);
    }
  }

  /** One of a node's lists: what follows from it, to be submitted. `concluded` is told of each that was decided. */
  sighted(nodeId: string, { instances, doubtful = [] }: Sighting): readonly Inferred[] {
    const found = this.find(nodeId);
    if (found === null) return [];
    const { node, sight } = found;
    const state = this.parts.state();
    const nowMs = this.parts.clock.monotonicMs();
    const { pace } = sight;
    const counts = pace.list(nowMs, runtimesOf(node));
    for (const seen of instances) {
      const placed = sight.find(state, node, seen);
      const placement = placed === undefined ? undefined : state.placements.get(placed.key);
      if (placed !== undefined && placement !== undefined) {
        this.figures.note(nodeId, placed.label, seen, nowMs);
        if (!counts) continue;
        const { key } = placed;
        const evidence = sight.evidence.get(key);
        if (this.isOrdered({ key, placement, evidence }, nowMs - pace.periodMs)) {
          const shown = evidence ?? sight.of(key);
          noteShown(shown, pace, nowMs, seen.status);
          shown.isAnswered = true;
          continue;
        }
      }
      if (counts) sight.noteStranger(seen.name, seen.instance, nowMs);
    }
    if (!counts) return [];
    if (doubtful.length > 0) sight.doubt(state, node, { entries: doubtful, atMs: nowMs });
    return this.conclude(node, sight);
  }

  /** A node's word of one instance. */
  told(nodeId: string, word: WordOfInstance): readonly Inferred[] {
    const found = this.find(nodeId);
    if (found === null) return [];
    const { node, sight } = found;
    const state = this.parts.state();
    const nowMs = this.parts.clock.monotonicMs();
    const placed = sight.find(state, node, word);
    const placement = placed === undefined ? undefined : state.placements.get(placed.key);
    if (placed === undefined || placement === undefined) return [];
    this.figures.noteAddress(nodeId, placed.label, word);
    const { key } = placed;
    const { wanted } = placement;
    // Its order was not sent yet: the word is of one before it, whose end is known.
    if (!isSent({ key, placement, evidence: sight.evidence.get(key) }, this.inherited)) return [];
    const isCalm = sight.pace.isCalm(nowMs);
    take(sight.of(key), { word, nowMs, isCalm, wanted });
    return isCalm ? this.conclude(node, sight) : [];
  }

  /** What was told of a node is decided, or will not be: what was seen meanwhile is judged now. */
  concluded(nodeId: string): readonly Inferred[] {
    const sight = this.sights.get(nodeId);
    const node = this.parts.state().nodes.get(nodeId);
    if (sight === undefined) return [];
    sight.underWay = Math.max(0, sight.underWay - 1);
    if (sight.underWay > 0 || !sight.isDue || node?.incarnation !== sight.incarnation) return [];
    return sight.pace.isCalm(this.parts.clock.monotonicMs()) ? this.conclude(node, sight) : [];
  }

  /** Whether the worker said that a placement is there, be it that no list has shown it yet. */
  hasCreated(nodeId: string, key: string): boolean {
    return (this.sights.get(nodeId)?.evidence.get(key)?.createdMs ?? null) !== null;
  }

  /** Its worker has started, and has nothing to say of what was before. */
  registered(nodeId: string): void {
    const node = this.parts.state().nodes.get(nodeId);
    if (node === undefined || !this.parts.isInferred(node)) return;
    if (this.sights.get(nodeId)?.incarnation !== node.incarnation) this.begin(node);
  }

  /** A connection of its worker's broke: what it says next comes out of turn. */
  disturbed(nodeId: string): void {
    this.sights.get(nodeId)?.pace.break();
  }

  linkLost(): void {
    for (const { pace } of this.sights.values()) pace.break();
  }

  forget(nodeId: string): void {
    this.sights.delete(nodeId);
    this.figures.forget(nodeId);
  }

  /**
   * Not to a worker that may not hear it, nor twice while it may be at it; nothing of an instance where an
   * earlier one of the same name and number may still be; and nothing is started that is listed already.
   */
  maySend(command: CommandRecord): boolean {
    const state = this.parts.state();
    const node = state.nodes.get(command.nodeId);
    if (node === undefined || !this.parts.isInferred(node)) return true;
    const sight = this.sightOf(node);
    const { pace } = sight;
    const nowMs = this.parts.clock.monotonicMs();
    if (!pace.isCalm(nowMs)) return false;
    const key = placementKey(command.job, command.instance, command.generation);
    const evidence = sight.evidence.get(key) ?? noEvidence();
    const { sent } = evidence;
    if (sent?.commandId === command.id && sent.disturbance === pace.disturbance) return false;
    const { job, instance, generation } = command;
    // By its name and number the worker would take an earlier one for it.
    if (!sight.isFirst(state, node, { job, number: instance, generation })) return false;
    if (!isStart(command)) return true;
    // An end of it that was heard is not decided yet, or not denied: it is not the order that was lost.
    if (isShown(evidence, pace) || evidence.end !== null) return false;
    const name = nameOfJob(state, job);
    return pace.count >= runtimesOf(node) && !sight.strangers.has(`${name}/${instance}`);
  }

  /** Why an order may not be sent now, where nothing else says so; null: nothing is known. */
  whyHeld(command: CommandRecord): string | null {
    const node = this.parts.state().nodes.get(command.nodeId);
    if (node === undefined || !this.parts.isInferred(node) || this.maySend(command)) return null;
    const { pace } = this.sightOf(node);
    const trouble = pace.troubleAt(this.parts.clock.monotonicMs(), runtimesOf(node));
    if (trouble === null) return null;
    return (
      `it is not sent to ${node.id} yet: its worker's lists of what it runs (jobs/resources) ${trouble}, and ` +
      `orders go out only while they come evenly, ${slowestMs / 1_000} s apart at most: see how busy that machine is, and ` +
      'its way to the broker'
    );
  }

  guards(nodeId: string): boolean {
    return this.sights.has(nodeId);
  }

  onOpening(listener: (nodeId: string) => void): void {
    this.opened = listener;
  }

  sending(command: CommandRecord): void {
    const { id: commandId, nodeId, job, instance, generation } = command;
    const found = this.find(nodeId);
    if (found === null || command.kind === 'move') return;
    const { sight } = found;
    const atMs = this.parts.clock.monotonicMs();
    const { disturbance, count } = sight.pace;
    const key = placementKey(job, instance, generation);
    if (isStart(command)) {
      const startSentBeforeMs = sight.evidence.get(key)?.startSentMs ?? null;
      sight.evidence.set(key, { ...noEvidence(), startSentMs: atMs, startSentBeforeMs });
    }
    sight.of(key).sent = { commandId, atMs, disturbance, count };
  }

  /** It may have arrived all the same. */
  unsent({ nodeId, job, instance, generation }: CommandRecord): void {
    const evidence = this.sights.get(nodeId)?.evidence.get(placementKey(job, instance, generation));
    if (evidence !== undefined) evidence.sent = null;
  }

  unheard(command: CommandRecord): void {
    this.unsent(command);
    if (!isStart(command)) return;
    const { nodeId, job, instance, generation } = command;
    const evidence = this.sights.get(nodeId)?.evidence.get(placementKey(job, instance, generation));
    if (evidence !== undefined) evidence.startSentMs = evidence.startSentBeforeMs;
  }

  private conclude(node: NodeRecord, sight: NodeSight): readonly Inferred[] {
    const inferred = this.conclusions(node, sight);
    // It was heard at its pace, and of what stood in an order's way some may be gone.
    this.opened(node.id);
    return inferred;
  }

  private conclusions(node: NodeRecord, sight: NodeSight): readonly Inferred[] {
    if (sight.underWay > 0) {
      sight.isDue = true;
      return [];
    }
    sight.isDue = false;
    const { state, clock, renew } = this.parts;
    const nowMs = clock.monotonicMs();
    const commands = conclusionsOn({
      state: state(),
      node,
      sight,
      nowMs,
      wallMs: clock.wallMs(),
      sinceMs: this.sinceMs,
      inherited: this.inherited,
      renew,
    });
    if (commands.length === 0 || !mayTell(sight, commands, nowMs)) return [];
    sight.underWay = commands.length;
    return commands;
  }

  /** Whether what is listed can be this placement: it was ordered, and the list is not of before that. */
  private isOrdered(known: Known, beforeMs: number): boolean {
    if (!isSent(known, this.inherited)) return false;
    const { startSentMs = null, createdMs = null } = known.evidence ?? {};
    if (startSentMs === null || createdMs !== null || !known.placement.wanted) return true;
    return startSentMs <= beforeMs;
  }

  private find(nodeId: string): { readonly node: NodeRecord; readonly sight: NodeSight } | null {
    const node = this.parts.state().nodes.get(nodeId);
    if (node === undefined || !this.parts.isInferred(node)) {
      this.forget(nodeId);
      return null;
    }
    return { node, sight: this.sightOf(node) };
  }

  /** Another start of its worker has nothing of what was there before. */
  private sightOf(node: NodeRecord): NodeSight {
    const { id, incarnation } = node;
    const known = this.sights.get(id);
    if (known?.incarnation === incarnation) return known;
    if (known !== undefined) return this.begin(node);
    const sight = new NodeSight(incarnation, new Pace(null), node.unreadable);
    this.sights.set(id, sight);
    return sight;
  }

  private begin({ id, incarnation, unreadable }: NodeRecord): NodeSight {
    for (const key of this.parts.state().placementsOfNode.of(id)) this.inherited.delete(key);
    const sight = new NodeSight(incarnation, new Pace(this.parts.clock.monotonicMs()), unreadable);
    this.sights.set(id, sight);
    return sight;
  }
}

interface Hearing {
  readonly word: WordOfInstance;
  readonly nowMs: number;
  readonly isCalm: boolean;
  readonly wanted: boolean;
}

function take(evidence: Evidence, { word, nowMs, isCalm, wanted }: Hearing): void {
  const { says, detail } = word;
  // It was ordered once more than was needed.
  const runs = says === 'running' || (says === 'failed' && /already deployed/i.test(detail ?? ''));
  if (runs || says === 'created' || says === 'starting') {
    // Out of turn it may be older than an end.
    if (!isCalm) return;
    evidence.isAnswered = true;
    if (says !== 'starting') evidence.createdMs = nowMs;
    if (runs) evidence.isSaidToRun = true;
  } else if (says === 'stopping') {
    if (!wanted) evidence.isAnswered = true;
  } else {
    evidence.isAnswered = true;
    evidence.end = { says, detail, atMs: nowMs, isCalm };
  }
}

/** Without reasons, which say how long something took. */
function shortOf(command: Inferred): string {
  if (command.type === 'RecordAck') return `${command.ack.commandId} ${command.ack.phase}`;
  const instances = command.state.instances.map(
    ({ job, instance, generation, status }) => `${job}/${instance}/${generation} ${status}`,
  );
  const { provesAbsence, unreadable = [] } = command;
  return `${instances.join(' ')} ${provesAbsence} ${unreadable.join(' ')}`;
}

/** What was told before and changed nothing is told again later each time. */
function mayTell(sight: NodeSight, commands: readonly Inferred[], nowMs: number): boolean {
  const what = commands.map(shortOf).join();
  const { told } = sight;
  const isSame = told?.what === what;
  if (isSame && nowMs < told.untilMs) return false;
  const waitMs = isSame ? Math.min(told.waitMs * 2, toldAgain.mostMs) : toldAgain.firstMs;
  sight.told = { what, untilMs: nowMs + waitMs, waitMs };
  return true;
}
