import type { Randomness } from '@oakring/ports';
import type { Command } from '../commands/command.js';
import type { ClusterState } from '../views/cluster-state.js';
import { ack, plan, registerNode, submitJob } from './given.js';

const nodeIds = ['a', 'b', 'c', 'd'];
const jobIds = ['j1', 'j2', 'j3'];

/** Some command that may come next, sensible or not, for invariants that must hold whatever comes. */
export function randomCommand(state: ClusterState, chance: Randomness): Command {
  const pick = <T>(list: readonly T[]): T => list[chance.integer(list.length)] as T;
  const node = pick(nodeIds);
  const job = pick(jobIds);
  const commands = [...state.commands.values()];
  const command = commands.length === 0 ? undefined : pick(commands);
  const choices: (() => Command)[] = [
    () =>
      registerNode(node, {
        acknowledges: node < 'c',
        incarnation: 1 + chance.integer(3),
        capacity: { cpuMillis: 100 * chance.integer(6), memoryMiB: 64 * chance.integer(6) },
      }),
    () => submitJob(job, { count: chance.integer(5), image: pick(['x', 'x', 'y']) }),
    () => plan(job, ...Array.from({ length: chance.integer(6) }, () => pick(nodeIds))),
    () => plan(job, ...Array.from({ length: 3 }, () => pick(nodeIds))),
    () => ({ type: 'ScaleJob', id: job, count: chance.integer(6) }),
    () => ({ type: 'DeleteJob', id: job }),
    () => ({ type: 'OrderStops', placements: [...state.unorderedStops] }),
    () => ({ type: 'RecordDelivery', commandId: command?.id ?? '0-0' }),
    () => ({ type: 'AssumeEnded', commandId: command?.id ?? '0-0' }),
    () => ack(command?.nodeId ?? node, command?.id ?? '0-0', 'received'),
    () => ack(command?.nodeId ?? node, command?.id ?? '0-0', 'succeeded'),
    () => ack(command?.nodeId ?? node, command?.id ?? '0-0', pick(['succeeded', 'failed']), 'so'),
    () => ({
      type: 'MoveInstance',
      id: job,
      instance: chance.integer(3),
      generation: 1 + chance.integer(3),
      target: { nodeId: node, reason: 'random', total: 1, scores: {} },
      basis: null,
    }),
    () => ({
      type: 'ObserveNode',
      nodeId: node,
      incarnation: state.nodes.get(node)?.incarnation ?? 1,
      seen: pick(['alive', 'silent', 'disconnected', 'lost']),
      reason: 'random',
    }),
    () => ({
      type: 'ReconcileNode',
      nodeId: node,
      provesAbsence: chance.integer(2) === 0,
      state: {
        incarnation: null,
        requestId: null,
        instances: [...state.placementsOfNode.of(node)]
          .filter(() => chance.integer(3) > 0)
          .map((key) => {
            const [reported = '', instance, generation] = key.split('/');
            return {
              job: reported,
              instance: Number(instance),
              generation: Number(generation),
              status: pick(['running', 'running', 'starting', 'failed', 'completed', 'stopping']),
              reason: null,
            } as const;
          }),
      },
    }),
  ];
  return pick(choices)();
}
