import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { plantTree, type ScratchTree } from './testing/scratch-tree.js';

const rules: { forbidden: { name: string }[] } = createRequire(import.meta.url)(
  '../../.dependency-cruiser.cjs',
);

/** Each has a rule of its own: no two of them are left to one that is proven for another. */
const managerFolders = rules.forbidden.flatMap(
  ({ name }) => /^manager-(?!start)(.+)-may-use$/.exec(name)?.[1] ?? [],
);

/** For each rule an import that it must refuse: [rule, who imports, what]. */
const refused: [rule: string, from: string, what: string][] = [
  ['no-cycles', 'apps/worker/src/back.ts', './there.js'],
  ['libs-through-their-front-door', 'apps/manager/src/a.ts', '../../../libs/ports/src/ids.js'],
  ...['bench', 'infra', 'simulator', 'test'].map((folder): [string, string, string] => [
    'libs-through-their-front-door',
    `${folder}/a.ts`,
    '../libs/ports/src/ids.js',
  ]),
  ['libs-know-no-apps', 'libs/planning/src/a.ts', '@oakring/scheduler'],
  ['testing-is-for-tests', 'apps/manager/src/t.ts', '@oakring/events/testing'],
  ['contracts-may-use', 'libs/contracts/src/a.ts', '@oakring/ports'],
  ['ports-may-use', 'libs/ports/src/b.ts', '@oakring/contracts'],
  ['planning-may-use', 'libs/planning/src/b.ts', '@oakring/ports'],
  ['events-may-use', 'libs/events/src/a.ts', '@oakring/ports'],
  ['model-may-use', 'libs/model/src/a.ts', '@oakring/stores'],
  ['narration-may-use', 'libs/narration/src/a.ts', '@oakring/model'],
  ['stores-may-use', 'libs/stores/src/b.ts', '@oakring/model'],
  ['telemetry-may-use', 'libs/telemetry/src/a.ts', '@oakring/model'],
  ['host-may-use', 'libs/host/src/a.ts', '@oakring/ports'],
  ['http-may-use', 'libs/http/src/a.ts', '@oakring/events'],
  ['log-may-use', 'libs/log/src/a.ts', '@oakring/events'],
  ['the-core-needs-no-machine', 'libs/events/src/b.ts', 'mongodb'],
  ['the-core-needs-no-machine', 'libs/model/src/b.ts', 'node:crypto'],
  ['crypto-may-use', 'libs/crypto/src/a.ts', '@oakring/ports'],
  ['the-core-needs-no-machine', 'libs/planning/src/c.ts', '@nestjs/common'],
  ['apps-are-apart', 'apps/scheduler/src/a.ts', '@oakring/manager'],
  [
    'cli-composes-through-front-doors',
    'apps/cli/src/a.ts',
    '../../manager/src/views/nodes/nodes.js',
  ],
  ['cli-starts-at-once', 'apps/cli/src/commands/a.ts', '@oakring/manager'],
  ['cli-starts-at-once', 'apps/cli/src/b.ts', './cluster/start-cluster.js'],
  ['deciders-are-pure', 'apps/manager/src/commands/decide/a.ts', 'node:crypto'],
  ['deciders-are-pure', 'apps/manager/src/commands/decide/b.ts', 'rxjs'],
  ['grpc-for-the-root-alone', 'apps/manager/src/root/g.ts', '@grpc/grpc-js'],
  ['writer-knows-no-transport', 'apps/manager/src/views/a.ts', '@nestjs/platform-fastify'],
  ...managerFolders.map((folder): [string, string, string] => [
    `manager-${folder}-may-use`,
    `apps/manager/src/${folder}/new.ts`,
    '../unlisted/a.js',
  ]),
  ['manager-start-may-use', 'apps/manager/src/s.ts', './outbox/outbox.js'],
  ['manager-views-may-use', 'apps/manager/src/views/b.ts', '../commands/order.js'],
  ['manager-commands-may-use', 'apps/manager/src/commands/a.ts', '../outbox/outbox.js'],
  ['manager-queries-may-use', 'apps/manager/src/queries/a.ts', '../commands/order.js'],
  // Nothing of the loop waits for a stream, nor takes a stream part in the loop.
  ['manager-streams-may-use', 'apps/manager/src/streams/a.ts', '../commands/order.js'],
  ['manager-streams-may-use', 'apps/manager/src/streams/b.ts', '../outbox/outbox.js'],
  ['manager-commands-may-use', 'apps/manager/src/commands/s.ts', '../streams/stream.js'],
  ['manager-outbox-may-use', 'apps/manager/src/outbox/s.ts', '../streams/stream.js'],
  ['manager-views-may-use', 'apps/manager/src/views/d.ts', '../compose/start.js'],
  ['manager-folders-are-listed', 'apps/manager/src/unlisted/b.ts', '../views/nodes/nodes.js'],
  ['manager-folders-are-listed', 'apps/manager/src/unlisted/c.ts', '@oakring/contracts'],
  ['dialects-are-apart', 'apps/manager/src/wires/other/w.ts', '../native/dialect.js'],
  ['observing-answers-nobody', 'apps/scheduler/src/observe/a.ts', '../answer/answer.js'],
  ['the-wire-is-known-at-the-edge', 'apps/manager/src/outbox/w.ts', '@oakring/contracts/native'],
  ['the-wire-is-known-at-the-edge', 'apps/worker/src/controls/w.ts', '@oakring/contracts/native'],
  ['dialects-behind-their-port', 'apps/manager/src/inbox/w.ts', '../wires/native/dialect.js'],
  ['mqtt-at-the-edge', 'apps/manager/src/scheduling/a.ts', 'mqtt'],
  ['mqtt-at-the-edge', 'apps/worker/src/controls/a.ts', 'mqtt-packet'],
  ['lmdb-behind-the-log', 'apps/manager/src/leadership/a.ts', 'lmdb'],
  ['mongodb-behind-the-log', 'apps/manager/src/leadership/b.ts', 'mongodb'],
  ['mongodb-loaded-late', 'libs/stores/src/store/a.ts', './mongo-event-store.js'],
  ['time-stamps-loaded-late', 'apps/cli/src/commands/audit/t.ts', '@oakring/timestamps'],
  ['certificates-are-made-late', 'apps/cli/src/commands/certs/c.ts', '@oakring/certificates'],
  ['certificates-may-use', 'libs/certificates/src/a.ts', '@oakring/events'],
  ['undici-loaded-late', 'libs/host/src/u.ts', 'undici'],
  ['prom-client-loaded-late', 'apps/manager/src/queries/p.ts', 'prom-client'],
  ['metrics-may-use', 'libs/metrics/src/a.ts', '@oakring/ports'],
  ['timestamps-may-use', 'libs/timestamps/src/a.ts', '@oakring/events'],
  ['tracing-may-use', 'libs/tracing/src/a.ts', '@oakring/events'],
  ['tracing-loaded-late', 'apps/manager/src/queries/t.ts', '@opentelemetry/api'],
  ['no-dev-dependencies-in-what-ships', 'apps/worker/src/a.ts', 'fast-check'],
];

/** Imports that look alike and are right. */
const allowed: [from: string, what: string][] = [
  ['apps/manager/src/c.ts', '@oakring/ports'],
  ['apps/cli/src/cluster/start-cluster.ts', '@oakring/manager'],
  ['apps/cli/src/commands/audit/verify.ts', '@oakring/manager'],
  ['apps/manager/src/commands/c.ts', '../views/nodes/nodes.js'],
  ['apps/manager/src/queries/c.ts', '../views/nodes/nodes.js'],
  ['apps/manager/src/streams/c.ts', '../views/nodes/nodes.js'],
  ['apps/manager/src/streams/d.ts', '../access/holder.js'],
  ['apps/manager/src/inbox/mqtt/c.ts', 'mqtt'],
  ['apps/worker/src/connect/c.ts', 'mqtt'],
  ['apps/worker/src/connect/w.ts', '@oakring/contracts/native'],
  ['apps/manager/src/wires/native/w.ts', '@oakring/contracts/native'],
  ['apps/manager/src/wires/native/v.ts', './dialect.js'],
  ['apps/manager/src/wires/spoken.ts', './native/dialect.js'],
  ['apps/manager/src/s2.ts', './compose/start.js'],
  ['simulator/c.ts', '@oakring/ports'],
  ['apps/manager/src/views/c.spec.ts', '../commands/order.js'],
  ['apps/worker/src/c.spec.ts', 'fast-check'],
  ['libs/stores/src/c.ts', 'lmdb'],
  ['libs/stores/src/mongodb/c.ts', '../store/mongo-event-store.js'],
  ['libs/ports/src/c.ts', './ids.js'],
];

/** As `npm run rules` names them. */
const folders = ['apps', 'libs', 'test', 'simulator', 'bench', 'infra'];

const targets = [
  'apps/manager/src/wires/native/dialect.ts',
  'libs/contracts/src/native.ts',
  'apps/manager/src/index.ts',
  'apps/manager/src/commands/order.ts',
  'apps/manager/src/compose/start.ts',
  'apps/manager/src/outbox/outbox.ts',
  'apps/manager/src/streams/stream.ts',
  'apps/manager/src/unlisted/a.ts',
  'apps/manager/src/views/nodes/nodes.ts',
  'apps/scheduler/src/index.ts',
  'apps/scheduler/src/answer/answer.ts',
  'apps/scheduler/src/observe/copy.ts',
  'libs/contracts/src/index.ts',
  'libs/crypto/src/index.ts',
  'libs/events/src/index.ts',
  'libs/events/testing/index.ts',
  'libs/model/src/index.ts',
  'libs/stores/src/index.ts',
  'libs/stores/src/store/mongo-event-store.ts',
  'libs/planning/src/index.ts',
  'libs/certificates/src/index.ts',
  'libs/timestamps/src/index.ts',
  'libs/ports/src/ids.ts',
  'libs/ports/src/index.ts',
];

describe('the dependency rules', () => {
  let tree: ScratchTree;
  let found: string[];

  beforeAll(async () => {
    const importing = [...refused.map(([, from, what]) => [from, what]), ...allowed];
    const files = {
      ...Object.fromEntries(targets.map((path) => [path, 'export {};\n'])),
      ...Object.fromEntries(importing.map(([from, what]) => [from, `import '${what}';\n`])),
      'apps/worker/src/there.ts': "import './back.js';\n",
    };
    tree = await plantTree(files, ['.dependency-cruiser.cjs']);
    const output = await tree.run('depcruise', [...folders, '--output-type', 'json']);
    const { summary }: { summary: { violations: { from: string; rule: { name: string } }[] } } =
      JSON.parse(output);
    found = summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`);
  });

  afterAll(() => tree.remove());

  it.each(refused)('%s: %s may not import %s', (rule, from) => {
    expect(found).toContain(`${rule}: ${from}`);
  });

  it.each(allowed)('%s may import %s', (from) => {
    expect(found.filter((violation) => violation.endsWith(` ${from}`))).toEqual([]);
  });

  it('are all proven here', () => {
    const proven = new Set(refused.map(([rule]) => rule));
    expect(rules.forbidden.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([]);
  });
});

describe('the rules for folders', () => {
  it('refuse a circle of folders, though none of its files is in one', async () => {
    const tree = await plantTree(
      {
        'apps/worker/src/one/a.ts': "import '../two/b.js';\n",
        'apps/worker/src/one/c.ts': 'export {};\n',
        'apps/worker/src/two/b.ts': 'export {};\n',
        'apps/worker/src/two/d.ts': "import '../one/c.js';\n",
        'apps/worker/src/three/e.ts': "import '../one/c.js';\n",
        'apps/worker/src/one/f.spec.ts': "import '../three/e.js';\n",
      },
      ['.dependency-cruiser.cjs', '.dependency-cruiser.folders.cjs'],
    );
    const config = ['--config', '.dependency-cruiser.folders.cjs'];
    const output = await tree.run('depcruise', [...config, 'apps', '--output-type', 'json']);
    await tree.remove();
    const { summary }: { summary: { violations: { from: string }[] } } = JSON.parse(output);
    const found = new Set(summary.violations.map(({ from }) => from));
    expect(found).toEqual(new Set(['apps/worker/src/one', 'apps/worker/src/two']));
  });
});
