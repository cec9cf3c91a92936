// Writes libs/model/golden/history.ndjson: what random commands made of a cluster, for the folds to be
// compared over time. Run it when a type of event is added; then run `npm run golden`.
import { writeFileSync } from 'node:fs';
import {
  clusterStream,
  emptyHead,
  encodeEvent,
  encodeStoredCommit,
  headOf,
  sealCommit,
  sealsStream,
  type DomainEvent,
} from '@oakring/events';
import { sampleOrigin } from '@oakring/events/testing';
import { placementKey } from '@oakring/model';
import { seededRandomness } from '@oakring/ports';
import type { Command } from '../../commands/command.js';
import { given, orderInstance, plan, ready, report, submitJob } from '../given.js';
import { beginning, presentedKeys, randomCommand } from '../random-commands.js';

const seed = 2;
const commands = 300;
const mostCommands = 3_000;

const chance = seededRandomness(seed);
const cluster = given(...beginning);
/** Views in which chance may leave nothing. */
const isBare = (): boolean => cluster.state.retired.size === 0 || cluster.state.seals.size === 0;
for (let count = 0; count < commands || (isBare() && count < mostCommands); count += 1) {
  cluster.when(randomCommand(cluster.state, chance));
  cluster.pass(chance.integer(3_000));
}
// By chance few are called well, and hardly one that is there at the end.
for (const { job, number, generation, nodeId, runningSince } of [
  ...cluster.state.placements.values(),
]) {
  if (runningSince === 0) continue;
  const key = placementKey(job, number, generation);
  cluster.when(report(nodeId, { [key]: 'running' }, { health: 'healthy' }));
}
// What chance seldom leaves as it is: a command that runs, a root's instance that was ended behind its back.
for (const command of [
  ...ready('z', { features: ['docker:exec'] }),
  submitJob('held', { count: 1 }),
  plan('held', 'z'),
  report('z', { 'held/0/1': 'running' }),
  { type: 'BeginExec', id: 'held', instance: 0, command: ['ls'], tty: false },
  orderInstance('parting', 0),
  { type: 'ScaleJob', id: 'parting', count: 0, force: true },
] satisfies readonly Command[]) {
  cluster.when(command);
}
// Whatever was drawn, there is a token, one that let nodes in, and a credential of each kind.
cluster.when({
  ...({ type: 'GrantToken', name: 'anna', role: 'operator', hash: 'ab' } as const),
  ...{ expiresAt: 1_800_000_000_000, nodes: { zone: 'a' } },
});
cluster.when({
  ...({ type: 'GrantToken', name: 'shelf', role: 'join', hash: 'cd' } as const),
  ...{ expiresAt: 1_800_000_000_000, nodes: { zone: 'a' }, joins: { uses: 2, ids: ['y', 'z'] } },
});
for (const node of ['y', 'z']) {
  const hash = `secret of ${node}`;
  cluster.when({ type: 'JoinNode', node, hash, registrationToken: 'absent' }, 'api/shelf');
}
cluster.when({ type: 'OrderNode', id: 'y', order: { do: 'revoke', reason: 'r' } });
// And a secret that is given, one of two versions, and one that is being removed.
for (const command of [
  ...ready('x', { features: ['docker:secrets'] }),
  { type: 'SetSecret', name: 'kept', version: 1, key: 'kept 1', sealed: 'AAAA' },
  submitJob('told', { environment: { A: { secret: 'kept' } } }),
  plan('told', 'x'),
  { type: 'SetSecret', name: 'kept', version: 2, key: 'kept 2', sealed: 'BBBB' },
  { type: 'SetSecret', name: 'going', version: 1, key: 'going 1', sealed: 'CCCC' },
  { type: 'RemoveSecret', name: 'going' },
  { type: 'SetSecret', name: 'gone', version: 1, key: 'gone 1', sealed: 'DDDD' },
  { type: 'RemoveSecret', name: 'gone' },
  { type: 'RecordShredding', name: 'gone', keys: ['gone 1'] },
] satisfies readonly Command[]) {
  cluster.when(command);
}
const founding: readonly DomainEvent[] = [
  {
    stream: clusterStream,
    type: 'ClusterFounded',
    data: { clusterId: 'c', name: 'n', location: 'l' },
  },
  ...presentedKeys.map((data) => ({ stream: sealsStream, type: 'KeyPresented', data }) as const),
];
const versions = new Map<string, number>();
const lines: string[] = [];
let head = emptyHead;
write(founding, 1_700_000_000_000, [{ id: 'POST /api/v1/jobs#1', outcome: { status: 201 } }]);
for (const position of new Set(cluster.history.map((event) => event.position))) {
  const events = cluster.history.filter((event) => event.position === position);
  write(events, events[0]?.at ?? 0);
}
writeFileSync('libs/model/golden/history.ndjson', `${lines.join('\n')}\n`);

function write(
  events: readonly DomainEvent[],
  at: number,
  answered: Parameters<typeof sealCommit>[1]['commands'] = [],
): void {
  const commit = sealCommit(head, {
    ...{ epoch: 1, commitId: String(lines.length), at, commands: answered },
    streams: [...new Set(events.map((event) => event.stream))].sort(),
    events: events.map((event) => {
      const version = (versions.get(event.stream) ?? 0) + 1;
      versions.set(event.stream, version);
      return encodeEvent(event, version, sampleOrigin);
    }),
  });
  lines.push(encodeStoredCommit(commit));
  head = headOf(commit);
}
