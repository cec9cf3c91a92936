import { emptyHead, verifyChain, type Commit } from '@oakring/events';
import { decodedFold } from '../apps/manager/src/testing/decoded-fold.js';
import { type ClusterState, stateAsText, type InstanceRecord } from '@oakring/model';
import { derivedDifferences } from '@oakring/model/testing';
import type { Judge } from './judge.js';
import type { Workload } from './workload.js';

interface End {
  readonly state: ClusterState;
  readonly workload: Workload;
  readonly judge: Judge;
  readonly commits: readonly Commit[];
}

/** What must hold once faults have ceased for long enough. */
export function checkEnd(end: End): void {
  const { state, workload, judge, commits } = end;
  const wrong = differences(end);
  if (wrong.length > 0) judge.fail(`not as wanted at the end: ${wrong.slice(0, 4).join('; ')}`);
  if (verifyChain(commits, emptyHead).status !== 'intact') judge.fail('the chain is broken');
  const decided = new Set(commits.flatMap(({ commands }) => commands.map(({ id }) => id)));
  for (const id of workload.acknowledged) {
    if (!decided.has(id)) judge.fail(`${id} was acknowledged, and is not in the log`);
  }
  // A commit may be on its way just now.
  const folded = decodedFold(commits.slice(0, state.head.position));
  const [stale] = derivedDifferences(state, folded);
  if (stale !== undefined) judge.fail(`an index is not as it is built anew: ${stale}`);
  const rebuilt = stateAsText(folded);
  const shown = stateAsText(state);
  if (rebuilt === shown) return;
  let at = 0;
  while (rebuilt[at] === shown[at]) at += 1;
  const part = (text: string): string => text.slice(Math.max(0, at - 80), at + 120);
  judge.fail(`the views are not the fold of the log: ${part(shown)} / ${part(rebuilt)}`);
}

/** A rollout takes as long as it takes; what it replaces is back within this long, milliseconds. */
const replacedWithinMs = 30_000;

function isBeingReplaced(state: ClusterState, { job, since }: InstanceRecord): boolean {
  const status = state.jobs.get(job)?.rollout?.status;
  const isOpen = status === 'progressing' || status === 'rollingBack';
  return isOpen && state.head.at - since < replacedWithinMs;
}

/** Where what runs is not what is wanted. */
function differences({ state, workload, judge }: End): string[] {
  const wrong: string[] = [];
  const expected = new Map<string, string>();
  const underway = new Set<string>();
  for (const [id, known] of workload.jobs) {
    const job = state.jobs.get(id);
    if (known === null && job !== undefined) {
      wrong.push(`${id} is ${job.status}, not gone${leftOf(state, id)}`);
    }
  }
  for (const instance of state.instances.values()) {
    const { job, number, generation, status, nodeId } = instance;
    const key = `${job}/${number}/${generation}`;
    if (status === 'running') expected.set(key, nodeId ?? '');
    else if (isBeingReplaced(state, instance)) underway.add(key);
    else if (isSteady(workload, key)) wrong.push(`${key} is ${status}: ${instance.reason}`);
  }
  for (const { nodeId, key } of judge.allRunning()) {
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

/** Deleted jobs are: nothing of them may be left. Those that end by themselves come and go. */
function isSteady(workload: Workload, key: string): boolean {
  const known = workload.jobs.get(key.slice(0, key.indexOf('/')));
  return known === null || known?.isSteady === true;
}
