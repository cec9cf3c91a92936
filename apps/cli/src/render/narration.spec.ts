import { defaultPolicy } from '@oakring/contracts';
import { describe, expect, it } from '@jest/globals';
import { eventProblem, eventSchemas, type EventData, type EventType } from '@oakring/events';
import { colorsOf } from '../terminal.js';
import { eventLine } from '../testing/answers.js';
import { createNarrator, createTeller } from './narration.js';

const resources = { cpuMillis: 250, memoryMiB: 128 };
const placement = {
  instance: 0,
  generation: 2,
  nodeId: 'edge-berlin',
  reason: 'most room',
  total: 90,
  scores: { spread: 100 },
};
const basis = {
  policy: 'spread/1',
  seed: 1,
  sawLedger: 4,
  sawTelemetry: 3,
  nodes: 3,
  feasible: 2,
  filtered: { capacity: 1 },
};
const order = { commandId: '6-0', instance: 0, generation: 2, incarnation: 1 };

const checkpointNote =
  `oakring/c1\n7\n${'A'.repeat(43)}=\ncommit ${'ab'.repeat(32)}\nepoch 1\nkey ${'cd'.repeat(32)}\n\n` +
  '— oakring/c1 AAAAAAAA\n';

/** One of each type, and what its line must tell. */
const samples: { [T in EventType]: [data: EventData<T>, told: string] } = {
  ClusterFounded: [{ clusterId: 'c1', name: 'oakring', location: '' }, 'oakring'],
  EpochOpened: [
    { epoch: 3, software: '0.1.0', host: 'box', pid: 42, url: null, signingKey: null },
    'epoch 3',
  ],
  CatalogueChanged: [{ schemaVersion: 6, hash: 'ab' }, 'schema version 6'],
  KeyPresented: [{ fingerprint: 'f1', publicKey: 'p', founding: true }, 'f1 presented'],
  KeyEndorsed: [{ fingerprint: 'f2', by: 'f1', signature: 's' }, 'f2 endorsed by f1'],
  KeyRevoked: [{ fingerprint: 'f2', by: 'f1', signature: 's' }, 'f2 revoked by f1'],
  CheckpointSigned: [{ note: checkpointNote }, 'position 7'],
  CheckpointStamped: [
    { position: 7, time: '2026-11-29T01:00:00.000Z', token: 'AA==' },
    'position 7 stamped: it existed before 2026-11-29T01:00:00.000Z',
  ],
  CheckpointCosigned: [
    { position: 7, witness: 'w.example+0a1b2c3d+BAAA', signature: 'AA==' },
    'position 7 cosigned by witness w.example',
  ],
  LedgerSealed: [
    {
      ...{ clusterId: 'c1', position: 7, hash: 'ab', merkleRoot: 'cd' },
      ...{ epoch: 1, fingerprint: 'f1', signature: 's' },
    },
    'position 7',
  ],
  LedgerRestored: [
    { position: 7, hash: 'ab', generationsAbove: 1_000_000 },
    'RESTORED from a backup of 7 commits',
  ],
  TokenGranted: [
    { name: 'anna', role: 'operator', hash: 'ab', expiresAt: 0, nodes: { zone: 'a' } },
    'token anna of role operator given, until 1970-01-01T00:00:00.000Z, for nodes with zone=a',
  ],
  NodeJoined: [
    { hash: 'ab', labels: { zone: 'a' } },
    'joined: it has a credential of its own, with zone=a',
  ],
  NodeCredentialRevoked: [{ reason: 'ordered' }, 'credential revoked: ordered'],
  TokenGrantRefused: [
    { name: 'anna', code: 'token-name-taken', detail: 'It holds.' },
    'token anna not given: It holds.',
  ],
  TokenRevoked: [{ name: 'anna' }, 'token anna revoked'],
  SecretSet: [{ name: 'db', version: 2, key: 'k2', sealed: 'AAAA' }, 'secret db has version 2 now'],
  SecretRemoved: [{ name: 'db' }, 'secret db removed; its keys are being forgotten'],
  SecretShredded: [
    { name: 'db', keys: ['k1', 'k2'] },
    '2 keys of secret db forgotten: what they encrypted can be read nowhere any more',
  ],
  RequestsRefused: [
    {
      ...{ unauthorized: 5, forbidden: 1, withinMs: 60_000 },
      shown: [{ code: 'forbidden', request: 'GET /api/v1/jobs', from: '10.0.0.1', name: 'prom' }],
    },
    'refused 5 requests without a token that holds, 1 beyond the role of their token, such as GET /api/v1/jobs by prom',
  ],
  MessagesRefused: [
    { registrations: 9, statuses: 0, states: 0, histories: 2, nodes: 3, withinMs: 60_000 },
    '9 registrations',
  ],
  RequestAnswered: [{ request: 'POST /api/v1/jobs#k' }, 'changed nothing'],
  RequestRefused: [
    { request: 'POST /x', code: 'node-unknown', detail: 'No such node.' },
    'No such',
  ],
  TelemetryTruncated: [
    {
      segment: 's1',
      firstBatch: 1,
      lastBatch: 9,
      readings: 900,
      firstHash: 'a',
      lastHash: 'b',
      merkleRoot: 'c',
    },
    '900',
  ],
  NodeRegistered: [
    {
      id: 'edge-berlin',
      name: 'edge-berlin',
      ip: '10.0.0.7',
      port: 0,
      incarnation: 2,
      capacity: { cpuMillis: 2000, memoryMiB: 4096 },
      assumed: true,
      labels: {},
      technologies: ['docker'],
      architecture: null,
      acknowledges: true,
      enforcesStop: false,
      tokenPresented: false,
      extra: {},
    },
    'registered: 2000m CPU, 4096 MiB (assumed), docker start 2',
  ],
  NodeRegistrationRefused: [
    { code: 'node-id-taken', detail: 'It is another.', name: 'x', ip: '::1', incarnation: null },
    'It is another.',
  ],
  NodeClaimedTwice: [
    { incarnation: 5, current: 6, reason: 'it has ended' },
    'claimed by another worker as well (start 5): it has ended',
  ],
  NodeBecameReady: [{ reason: 'reconciled' }, 'ready: reconciled'],
  NodeSuspected: [{ reason: 'silent' }, 'suspect: silent'],
  NodeDisconnected: [{ reason: 'silent' }, 'disconnected: silent'],
  NodeLost: [{ reason: 'silent' }, 'lost: silent'],
  NodeStopped: [{ reason: 'on purpose' }, 'stopped: on purpose'],
  NodeCordoned: [{ reason: 'a new disk' }, 'cordoned: a new disk'],
  NodeUncordoned: [{ reason: 'ordered' }, 'takes new work again'],
  NodeDrainStarted: [{ deadline: 0, force: true }, 'until 1970-01-01T00:00:00.000Z, by force then'],
  NodeDrainEnded: [{ outcome: 'incomplete', left: 2, reason: 'no room' }, '2 left: no room'],
  NodeQuarantined: [{ reason: '3 jobs failed', byRecord: true }, 'by its record: 3 jobs failed'],
  NodeLabelled: [{ labels: { position: '48.2,11.6' } }, 'labelled position=48.2,11.6'],
  NodeReleased: [{ reason: 'ordered' }, 'released'],
  NodeForgotten: [{ reason: 'sold' }, 'forgotten: sold'],
  NodeDiskFilled: [
    { freeMiB: 99, leastMiB: 128 },
    'disk nearly full: 99 MiB are free, 128 must be',
  ],
  NodeDiskFreed: [{}, 'room on its disk again'],
  NodeOrderRefused: [{ code: 'node-in-use', detail: 'It speaks.' }, 'It speaks.'],
  DriftDetected: [
    { missing: ['web/0/1'], outdated: [], unexpected: [], unreadable: ['web/?'] },
    'drift: 1 missing (web/0/1), 1 that cannot be told (web/?)',
  ],
  WorkerHistoryRecorded: [
    { incarnation: 1, from: 3, upTo: 4, entries: [{}, {}] },
    '2 entries, 3–4',
  ],
  RootRegistered: [{ root: 'abc' }, 'the root took this cluster in, as abc'],
  RootForgot: [
    { former: 'a', root: 'b', jobs: 2 },
    'THE ROOT FORGOT this cluster: a is b now; 2 jobs',
  ],
  RootToldOfEnds: [
    { instances: ['r/1', 'r/2'] },
    'the root was told that r/1, r/2 ended here without its asking',
  ],
  StormBegan: [{ silent: 5, ready: 9, reason: 'silence' }, '5 of 9 nodes silent: silence'],
  StormEnded: [{ stillSilent: 5, reason: 'quiet' }, '5 nodes are still silent'],
  BrokerLinkLost: [{ since: 1_767_225_600_000 }, 'is gone since 2026-01-01T00:00:00.000Z'],
  LateReturnsOver: [{}, 'could all be back'],
  JobCompleted: [{}, 'run to its end'],
  JobUpdated: [
    {
      revision: 3,
      document: { image: 'demo/hello:2' },
      technology: 'simulated',
      resources,
      labels: {},
      constraints: [],
      policy: defaultPolicy,
      bodyHash: 'ab',
      rollbackTo: 1,
      sameAs: 1,
      reason: 'it failed',
    },
    'rolled back to revision 1, as 3: it failed',
  ],
  JobUpdateRefused: [{ code: 'job-deleting', detail: 'It is being deleted.' }, 'being deleted'],
  RolloutCompleted: [{ revision: 2 }, 'revision 2 runs everywhere'],
  RolloutFailed: [{ revision: 2, reason: 'it failed' }, 'of revision 2 failed: it failed'],
  InstanceLost: [
    { instance: 0, generation: 1, nodeId: 'edge-berlin', reason: 'silent', replace: true },
    '#0 lost with edge-berlin, is replaced: silent',
  ],
  InstanceRecovered: [
    {
      instance: 0,
      generation: 1,
      nodeId: 'edge-berlin',
      reason: 'found again',
      dropped: 0,
      running: true,
    },
    '#0 recovered: found again',
  ],
  OriginalDropped: [
    { instance: 0, generation: 1, nodeId: 'edge-berlin', reason: 'ran longer' },
    'the original of #0, generation 1, is given up: ran longer',
  ],
  InstanceWithdrawn: [
    { instance: 0, generation: 1, nodeId: 'edge-berlin', reason: 'update', elsewhere: false },
    '#0 is stopped on edge-berlin and placed again: update',
  ],
  InstanceRetried: [{ instance: 0, reason: 'tried again' }, '#0 tried again'],
  InstanceGivenUp: [{ instance: 0, reason: 'too often', attempts: [] }, '#0 given up: too often'],
  InstanceHealthChanged: [
    {
      ...{ instance: 0, generation: 1, nodeId: 'edge-berlin', health: 'unhealthy', forMs: 0 },
      reason: 'health check failed 3 times: GET http://localhost:80/ answered 503',
    },
    '#0 is unhealthy on edge-berlin: health check failed 3 times: GET http://localhost:80/ answered 503',
  ],
  InstanceFailedChecks: [
    { instance: 0, generation: 1, nodeId: 'edge-berlin', reason: 'health check failed once' },
    '#0 has failed and is stopped on edge-berlin: health check failed once',
  ],
  ExecStarted: [
    {
      ...{ instance: 0, generation: 1, nodeId: 'edge-berlin', tty: true },
      command: ['sh', '-c', 'ls -l "$HOME"'],
    },
    `ran in #0 on edge-berlin, with a terminal: sh -c 'ls -l "$HOME"'`,
  ],
  ExecEnded: [
    {
      ...{ execId: '7-0', instance: 0, generation: 1, nodeId: 'edge-berlin', exitCode: 3 },
      ...{ outcome: 'exited', reason: 'exit code 3', bytes: { in: 5, out: 70 } },
    },
    'command 7-0 in #0 on edge-berlin: exit code 3 (5 bytes in, 70 out)',
  ],
  ExecRefused: [
    { code: 'instance-not-running', detail: 'Instance 0 of job web is pending.' },
    'no command run: Instance 0 of job web is pending.',
  ],
  UnexpectedInstanceFound: [
    { instance: 0, generation: 1, nodeId: 'edge-berlin', reason: 'it ended' },
    '#0, generation 1 found on edge-berlin: it ended',
  ],
  CommandDispatched: [{ commandId: '6-0', attempt: 2 }, 'sent again, attempt 2'],
  CommandExpired: [{ commandId: '6-0', reason: 'no answer' }, 'expired: no answer'],
  CommandHeld: [{ commandId: '6-0', reason: 'no rhythm' }, 'waits: no rhythm'],
  JobSubmitted: [
    {
      id: 'hello',
      desired: 3,
      document: { image: 'demo/hello:1' },
      technology: 'simulated',
      resources,
      labels: {},
      constraints: [],
      policy: defaultPolicy,
      bodyHash: 'ab',
    },
    'submitted: 3 × demo/hello:1',
  ],
  JobSubmissionRefused: [{ code: 'job-id-taken', detail: 'It is another.' }, 'It is another.'],
  JobScaled: [{ desired: 5, added: [3, 4], removed: [] }, 'scaled to 5: 2 more'],
  JobDeletionRefused: [{ code: 'job-of-root', detail: 'It is a root’s.' }, 'a root’s'],
  JobScaleRefused: [{ code: 'job-deleting', detail: 'It is being deleted.' }, 'being deleted'],
  JobDismissed: [{}, 'its root asks for the end of all of it'],
  JobDeletionOrdered: [{}, 'deletion'],
  JobEnded: [{}, 'ended'],
  InstancesPlaced: [
    { decisionId: '5-0', basis, placements: [placement] },
    '#0 → edge-berlin because: most room',
  ],
  PlacementRefused: [
    {
      decisionId: '5-0',
      basis: null,
      instances: [1, 2],
      code: 'no-capacity',
      detail: 'Nothing fits.',
      filtered: {},
      nearest: null,
      wouldFit: null,
    },
    '#1, #2 waits: Nothing fits.',
  ],
  MoveStarted: [
    {
      decisionId: '5-0',
      basis,
      instance: 0,
      fromNodeId: 'edge-lisbon',
      fromGeneration: 1,
      placement,
    },
    '#0 moves edge-lisbon → edge-berlin because: most room',
  ],
  MoveCompleted: [{ instance: 0, generation: 2, confirmed: false }, '#0 runs at its new place'],
  MoveAborted: [
    { instance: 0, generation: 2, reason: 'it failed' },
    'stays where it is: it failed',
  ],
  MoveRefused: [{ code: 'no-target', detail: 'No other fits.' }, 'No other fits.'],
  CommandIssued: [
    { ...order, kind: 'deploy', nodeId: 'edge-berlin' },
    'deploy #0 ordered on nodes/edge-berlin/controls',
  ],
  CommandDelivered: [{ commandId: '6-0' }, 'delivered'],
  CommandReceived: [{ commandId: '6-0' }, 'received'],
  CommandSucceeded: [{ commandId: '6-0', assumed: true }, 'done (assumed)'],
  CommandFailed: [{ commandId: '6-0', reason: 'no image' }, 'failed: no image'],
  CommandSuperseded: [{ commandId: '6-0', reason: 'not wanted' }, 'superseded: not wanted'],
  CommandReopened: [
    { ...order, kind: 'deploy', nodeId: 'edge-berlin', reason: 'not there' },
    'ordered again on nodes/edge-berlin/controls: not there',
  ],
  InstanceReported: [
    { instance: 0, generation: 2, nodeId: 'edge-berlin', status: 'failed', reason: 'exit code 1' },
    '#0 on edge-berlin is failed: exit code 1',
  ],
};

const plain = colorsOf(false);

describe('the narration of events', () => {
  it('has a sample of every type in the catalogue', () => {
    expect(Object.keys(samples).sort()).toEqual(Object.keys(eventSchemas).sort());
  });

  it.each(Object.entries(samples))('tells %s in one line', (type, [data, told]) => {
    expect(eventProblem(type, data)).toBeNull();
    const line = createNarrator(plain)(eventLine(12, 0, type, { ...data }));
    expect(line).toContain(told);
    expect(line).not.toContain('{');
    expect(line).not.toContain('\n');
    expect(line).toMatch(/^ +12\/0 {2}2026-01-01T12:34:56\.789Z {2}hello/);
  });

  it('tells what was printed before a failure, line by line below, and nothing that moves a cursor', () => {
    const [data] = samples.InstanceReported;
    const lastLines = ['\u001b[31mno route\u001b[0m to host', 'a\tb\u0007'];
    const told = createNarrator(plain)(
      eventLine(12, 0, 'InstanceReported', { ...data, lastLines }),
    );
    expect(told.split('\n').slice(1)).toEqual(['   | no route to host', '   | a\tb\\u0007']);
  });

  it('tells what a command ordered when its outcome comes', () => {
    const tell = createTeller(plain);
    tell(eventLine(6, 0, 'CommandIssued', { ...samples.CommandIssued[0] }));
    expect(tell(eventLine(7, 0, 'CommandSucceeded', { commandId: '6-0', assumed: false }))).toBe(
      'deploy of #0 on edge-berlin: done',
    );
  });

  it('tells the two registrations of a worker apart, and what has no runtime', () => {
    const tell = createTeller(plain);
    const [node] = samples.NodeRegistered;
    const told = (changes: object): string =>
      tell(eventLine(7, 0, 'NodeRegistered', { ...node, ...changes }));
    expect(told({ tokenPresented: true })).toBe(
      'registered with its token: 2000m CPU, 4096 MiB (assumed), docker start 2',
    );
    expect(told({ technologies: [] })).toBe(
      'registered: 2000m CPU, 4096 MiB (assumed), no runtime start 2',
    );
  });

  it('tells with what a root submits what of it nobody looks at', () => {
    const document = { image: 'i:1', warnings: ['bandwidth_in (5 kbit/s) is not looked at'] };
    const data = { ...samples.JobSubmitted[0], numbering: 'given', document };
    expect(createTeller(plain)(eventLine(7, 0, 'JobSubmitted', data))).toMatch(
      /^submitted: .* each\); bandwidth_in \(5 kbit\/s\) is not looked at$/,
    );
  });

  it('tells a move that an update began as what it is', () => {
    const data = { ...samples.MoveStarted[0], surge: true };
    expect(createTeller(plain)(eventLine(7, 0, 'MoveStarted', data))).toMatch(
      /^#0 on edge-lisbon is updated: generation \d+ starts beside it on edge-berlin because: most room$/,
    );
  });

  it('names the command when its order was not seen', () => {
    expect(createTeller(plain)(eventLine(7, 0, 'CommandReceived', { commandId: '6-0' }))).toBe(
      'command 6-0: received by the worker',
    );
  });

  it('tells of orders that were refused beyond those told one by one, and of whom', () => {
    const [requests] = samples.RequestsRefused;
    const orders = [{ name: 'berlin', code: 'job-id-taken', count: 30 }];
    const told = (changes: object): string =>
      createTeller(plain)(eventLine(7, 0, 'RequestsRefused', { ...requests, ...changes }));
    const none = { unauthorized: 0, forbidden: 0, shown: [] };
    expect(told({ ...none, orders, others: 4 })).toBe(
      'refused orders beyond those told one by one: 30 of berlin (job-id-taken), 4 others',
    );
    expect(told({ orders })).toMatch(/^refused 5 requests .*; orders beyond .*: 30 of berlin/);
  });

  it('shows a type that it does not know as it came', () => {
    expect(createTeller(plain)(eventLine(7, 0, 'NodePainted', { colour: 'red' }))).toBe(
      'NodePainted {"colour":"red"}',
    );
  });

  it('shows data of another shape as it came', () => {
    expect(createTeller(plain)(eventLine(7, 0, 'InstancesPlaced', { moved: true }))).toBe(
      'InstancesPlaced {"moved":true}',
    );
  });

  it('lets no worker write to the terminal through it', () => {
    const line = createNarrator(plain)(
      eventLine(7, 0, 'NodeSuspected', { reason: '\u001B[2Jgone\nfake line' }),
    );
    expect(line).toContain('\\u001b[2Jgone\\nfake line');
  });

  it('is coloured only when colour is wanted', () => {
    const event = eventLine(7, 0, 'NodeLost', { reason: 'silent' });
    expect(createNarrator(colorsOf(true))(event)).toContain('\u001B[31mlost');
    expect(createNarrator(plain)(event)).not.toContain('\u001B');
  });
});
