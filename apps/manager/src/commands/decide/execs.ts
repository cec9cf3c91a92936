import type { Refusal } from '@oakring/contracts';
import { jobStream } from '@oakring/events';
import { instanceKey, type InstanceRecord, type JobRecord } from '@oakring/model';
import type { Answers, Command } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';

/** Commands in instances whose end is not on record: streams are as many. */
const maxOpen = 256;

type Begin = Extract<Command, { type: 'BeginExec' }>;

/** Before anything runs it is on record that it is to: who, where and what. */
export function beginExec(deciding: Deciding, begin: Begin): Decided<Answers['BeginExec']> {
  const { id, instance: number, command, tty } = begin;
  const { state } = deciding;
  const job = state.jobs.get(id);
  if (job === undefined) return refuse('job-unknown', `There is no job ${id}.`, 'id', id);
  const instance = state.instances.get(instanceKey(id, number));
  if (instance === undefined) {
    const detail = `Job ${id} has no instance ${number}.`;
    return refuse('instance-unknown', detail, 'number', number);
  }
  const { generation } = instance;
  const place = placeOf(deciding, job, instance, tty);
  if (typeof place !== 'string') {
    const { code, detail } = place;
    deciding.emit({ stream: jobStream(id), type: 'ExecRefused', data: { code, detail } });
    return { refusal: place };
  }
  const execId = deciding.nextAddress();
  deciding.emit({
    stream: jobStream(id),
    type: 'ExecStarted',
    data: { instance: number, generation, nodeId: place, command, tty },
  });
  return { answer: { execId, nodeId: place, generation, technology: job.technology } };
}

type End = Extract<Command, { type: 'EndExec' }>;

/** How it ended is said once. */
export function endExec(deciding: Deciding, { end }: End): Decided<null> {
  const exec = deciding.state.execs.get(end.execId);
  if (exec === undefined) return { answer: null };
  const { job, instance, generation, nodeId } = exec;
  const data = { ...end, instance, generation, nodeId };
  deciding.emit({ stream: jobStream(job), type: 'ExecEnded', data });
  return { answer: null };
}

/** Id of the node, or why nothing may be run there. */
function placeOf(
  { state }: Deciding,
  { id, technology }: JobRecord,
  { number, status, nodeId, reason }: InstanceRecord,
  tty: boolean,
): string | Refusal {
  const node = nodeId === null ? undefined : state.nodes.get(nodeId);
  if (status !== 'running' || node === undefined) {
    const why = reason === null ? '' : `: ${reason.replace(/\.$/, '')}`;
    const detail = `Instance ${number} of job ${id} is ${status}${why}.`;
    return { code: 'instance-not-running', detail };
  }
  const lacking = [`${technology}:exec`, ...(tty ? [`${technology}:exec-tty`] : [])].find(
    (feature) => !node.features.includes(feature),
  );
  if (lacking !== undefined) {
    return { code: 'exec-not-offered', detail: whyNot(node.id, technology, lacking) };
  }
  if (state.execs.size < maxOpen) return node.id;
  const detail = `${state.execs.size} commands run in instances of this cluster already.`;
  return { code: 'overloaded', detail };
}

function whyNot(nodeId: string, technology: string, lacking: string): string {
  if (technology === 'unikernel') {
    return `Node ${nodeId} runs a unikernel, which is one program: nothing else can be run in it.`;
  }
  if (lacking.endsWith('exec-tty')) {
    return `The worker of node ${nodeId} has no terminals for ${technology} (its log says why): run it without one.`;
  }
  return `The worker of node ${nodeId} does not let people run commands in instances of ${technology}: its owner has not allowed it (OAKRING_WORKER_EXEC), or it is older.`;
}
