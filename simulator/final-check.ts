import { decodeEvents, type Commit } from '@oakring/events';
import { ClusterState, foldCommit, stateAsText, type InstanceRecord } from '@oakring/model';
import { DecisionReplay } from '../apps/manager/src/history/replay-decisions.js';
import { ceilingMs } from '@oakring/ports';
import { derivedDifferences } from '@oakring/model/testing';
import type { Judge } from './judge.js';
import type { SimulatedManager } from './manager.js';
import type { Managers } from './managers.js';
import { Unproven } from './unproven.js';
import type { Workload } from './workload.js';

interface End {
  /** What an auditor makes of the ledger. */
  readonly state: ClusterState;
  readonly workload: Workload;
  readonly judge: Judge;
  readonly commits: readonly Commit[];
  readonly managers: Managers;
}

/** What must hold once faults have ceased for long enough. */
export function checkEnd(end: End): void {
  const { workload, judge, commits, managers } = end;
  const wrong = differences(end);
  if (wrong.length > 0) judge.fail(`not as wanted at the end: ${wrong.slice(0, 4).join('; ')}`);
  const decided = new Set(commits.flatMap(({ commands }) => commands.map(({ id }) => id)));
  for (const id of workload.acknowledged.keys()) {
    if (!decided.has(id)) judge.fail(`${id} was acknowledged, and is not in the log`);
  }
  const [other] = otherDecisions(commits);
  if (other !== undefined) judge.fail(`a decision does not replay: ${other}`);
  if (managers.all.length < managers.hosts.length) judge.fail('a manager does not run');
  if (managers.leading === null) judge.fail('nobody leads');
  for (const { host, parts } of managers.all) {
    const position = parts?.projection.position ?? 0;
    if (position >= commits.length - mostBehind) continue;
    judge.fail(`${host.name} has come to ${position} of ${commits.length}`);
  }
  checkTelemetry(end);
  checkViews(managers, commits, judge);
}

/** So many commits a manager may be behind: who follows reads every 100 ms. */
const mostBehind = 100;

/** Each manager's ledger is the same, its views are the fold of it, its indexes are as built anew. */
function checkViews({ all }: Managers, commits: readonly Commit[], judge: Judge): void {
  const folded = new ClusterState(false);
  const byPosition = all
    .flatMap((manager) => (manager.parts === null ? [] : [{ manager, ...manager.parts }]))
    .sort((a, b) => a.projection.position - b.projection.position);
  for (const { manager, projection } of byPosition) {
    for (const commit of commits.slice(folded.head.position, projection.position)) {
      foldCommit(folded, commit, decodeEvents(commit));
    }
    checkView(manager, projection.state, folded, judge);
  }
}

/** In the midst of it: those who have come as far as an auditor see what he does. */
export function checkCurrentViews({ all }: Managers, audited: ClusterState, judge: Judge): void {
  for (const manager of all) {
    const state = manager.parts?.projection.state;
    if (state?.head.position !== audited.head.position) continue;
    checkView(manager, state, audited, judge);
  }
}

function checkView(
  { host }: SimulatedManager,
  state: ClusterState,
  folded: ClusterState,
  judge: Judge,
): void {
  if (state.head.hash !== folded.head.hash) {
    judge.fail(`${host.name} has another commit at ${state.head.position}`);
  }
  const [stale] = derivedDifferences(state, folded);
  if (stale !== undefined)
    judge.fail(`${host.name} has an index that is not as built anew: ${stale}`);
  const [shown, rebuilt] = [stateAsText(state), stateAsText(folded)];
  if (rebuilt === shown) return;
  let at = 0;
  while (rebuilt[at] === shown[at]) at += 1;
  const part = (text: string): string => text.slice(Math.max(0, at - 80), at + 120);
  judge.fail(
    `the views of ${host.name} are not the fold of the log: ${part(shown)} / ${part(rebuilt)}`,
  );
}

/** Readings come through the whole way in, to the table and to the telemetry log of the term. */
function checkTelemetry({ managers, state, judge }: End): void {
  const { leading } = managers;
  if (leading?.parts === null || leading === null) return;
  const { table, leadership } = leading.parts;
  const unread = [...state.nodes.values()].filter(
    ({ id, status }) => status === 'ready' && table.latest(id) === null,
  );
  const [first] = unread;
  if (first !== undefined) judge.fail(`${leading.host.name} has no reading of ${first.id}`);
  if (leadership.current?.telemetryLog.newest === 0) judge.fail('no reading was logged');
}

/** Those that come out otherwise when they are planned from the ledger alone, or cannot be. */
function otherDecisions(commits: readonly Commit[]): string[] {
  const replay = new DecisionReplay();
  const replayed = [...commits.flatMap((commit) => replay.next(commit)), ...replay.end()];
  return replayed
    .filter(({ outcome }) => outcome !== 'same')
    .map(({ decision, detail }) => `${decision}: ${detail}`);
}

/** A rollout takes as long as it takes; what it replaces is back within this long, milliseconds. */
const replacedWithinMs = 30_000;

/** It fails, and is tried again, later each time. */
function isWaiting(state: ClusterState, { job, status, failures, since }: InstanceRecord): boolean {
  const restart = state.jobs.get(job)?.policy.restart;
  if (status !== 'failed' || restart === undefined) return false;
  return state.head.at - since < ceilingMs(failures, restart);
}

function isBeingReplaced(state: ClusterState, { job, since }: InstanceRecord): boolean {
  const status = state.jobs.get(job)?.rollout?.status;
  const isOpen = status === 'progressing' || status === 'rollingBack';
  return isOpen && state.head.at - since < replacedWithinMs;
}

/** Where what runs is not what is wanted. */
function differences({ state, workload, judge }: End): string[] {
  const unproven = new Unproven(state, judge);
  const wrong = workload.services?.differences(unproven) ?? [];
  const expected = new Map<string, string>();
  const underway = new Set<string>();
  for (const [id, known] of workload.jobs) {
    const job = state.jobs.get(id);
    if (known === null && job !== undefined && !unproven.isAllOf(id)) {
      wrong.push(`${id} is ${job.status}, not gone${leftOf(state, id)}`);
    }
  }
  for (const instance of state.instances.values()) {
    const { job, number, generation, status, nodeId } = instance;
    const key = `${job}/${number}/${generation}`;
    if (status === 'running') expected.set(key, nodeId ?? '');
    else if (isBeingReplaced(state, instance) || isWaiting(state, instance)) underway.add(key);
    else if (unproven.isWaitedForBy(instance)) underway.add(key);
    else if (isSteady(workload, key)) wrong.push(`${key} is ${status}: ${instance.reason}`);
  }
  for (const { nodeId, key } of judge.allRunning()) {
    if (judge.illnesses.isOverdue(nodeId, key))
      wrong.push(`${key} is ill on ${nodeId}, and goes on`);
    if (expected.get(key) === nodeId) expected.delete(key);
    else if (isSteady(workload, key) && !underway.has(key)) {
      wrong.push(`${key} runs on ${nodeId}, which nobody wants`);
    }
  }
  for (const [key, nodeId] of expected) {
    if (isSteady(workload, key)) wrong.push(`${key} should run on ${nodeId}, and does not`);
  }
  return wrong;
}

/** What keeps a job from ending. */
function leftOf(state: ClusterState, id: string): string {
  const left: string[] = [];
  for (const [key, { job, nodeId, lost, wanted, commandId }] of state.placements.entries()) {
    if (job !== id) continue;
    const node = state.nodes.get(nodeId);
    const command = commandId === null ? undefined : state.commands.get(commandId);
    const order = `${command?.kind} ${command?.id} ${command?.status}`;
    left.push(` (${key} on ${nodeId}, ${node?.status}; lost ${lost}, wanted ${wanted}, ${order})`);
  }
  return left.join();
}

function isSteady(workload: Workload, key: string): boolean {
  return workload.isSteady(key.slice(0, key.indexOf('/')));
}
