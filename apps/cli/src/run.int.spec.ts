import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { run } from './run.js';
import { instanceAnswer, jobAnswer, jobSummary, nodeAnswer } from './testing/answers.js';
import { fakeManager, type Route } from './testing/fake-manager.js';
import { testIo } from './testing/test-io.js';
import { always, closeManager, oakring, page } from './testing/run-oakring.js';

afterEach(closeManager);

const order = { id: 'hello', status: 'active', desired: 3, position: 9 };
const decision = {
  id: '5-0',
  type: 'InstancesPlaced',
  job: 'hello',
  at: '2026-01-01T00:00:00.000Z',
  position: 5,
  decisionId: '5-0',
  basis: null,
  placements: [
    { instance: 0, generation: 1, nodeId: 'edge-berlin', reason: 'room', total: 9, scores: {} },
  ],
};
const head = { position: 9, hash: 'f'.repeat(64), epoch: 1 };
const letter = {
  at: '2026-01-01T00:00:00.000Z',
  topic: 'nodes/x/acks',
  code: 'not-utf8',
  reason: 'No UTF-8.',
  payload: '?',
  suppressed: 0,
};
const root = {
  address: 'root.example:10000',
  clusterId: '5f1d2c3b4a59687766554433',
  connected: true,
  connectedSince: '2026-01-01T00:00:00.000Z',
  lastReport: {
    ...{ at: '2026-01-01T00:00:00.000Z', ageMs: 3_000, tookMs: 12, bytes: 900, instances: 1 },
  },
  calls: { registrations: 1, reports: 4, failures: 0 },
  jobs: 1,
  kept: [{ id: 'j', name: 'a.n.web.n', why: 'forgotten', desired: 2, nodes: ['n1'] }],
};
const alone = {
  ...{ address: null, clusterId: null, connected: false, connectedSince: null, lastReport: null },
  ...{ calls: { registrations: 0, reports: 0, failures: 0 }, jobs: 0, kept: [] },
};

describe('a command that asks', () => {
  const questions: [argv: string[], route: string, body: unknown, shown: string][] = [
    [['node', 'ls'], 'GET /api/v1/nodes', { items: [nodeAnswer()], position: 9 }, 'edge-berlin'],
    [['node', 'show', 'edge-berlin'], 'GET /api/v1/nodes/edge-berlin', nodeAnswer(), '10.0.0.7'],
    [['job', 'ls'], 'GET /api/v1/jobs', { items: [jobSummary()], position: 9 }, '1 running'],
    [['job', 'show', 'hello'], 'GET /api/v1/jobs/hello', jobAnswer(), 'most room'],
    [['decision', 'show', '5-0'], 'GET /api/v1/decisions/5-0', decision, 'room'],
    [['dead-letters'], 'GET /api/v1/dead-letters', { items: [letter], position: 9 }, 'not-utf8'],
    [['root'], 'GET /api/v1/root', root, 'KEPT         1 job'],
    [['root'], 'GET /api/v1/root', alone, 'SYSTEM_MANAGER_URL'],
    [['root', 'forgotten'], 'GET /api/v1/root', alone, 'None: nothing runs here'],
    [['root', 'forgotten'], 'GET /api/v1/root', root, 'oakring job rm <id> --force'],
  ];

  it.each(questions)('%j shows people a table', async (argv, route, body, shown) => {
    const { code, out, error } = await oakring(argv, { [route]: always(body) });
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain(shown);
    expect(out).not.toContain('\u001B');
  });

  it.each(questions)('%j --json prints exactly the answer', async (argv, route, body) => {
    const { code, out } = await oakring([...argv, '--json'], { [route]: always(body) });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(body);
    expect(out).toBe(`${JSON.stringify(body, null, 2)}\n`);
  });

  it('reads a list to its last page', async () => {
    const { out, asked } = await oakring(['node', 'ls', '--json'], {
      'GET /api/v1/nodes': ({ url }, answer) =>
        url.includes('cursor=c%2F1')
          ? answer.json({ items: [nodeAnswer({ id: 'b' })], position: 9 })
          : answer.json({ items: [nodeAnswer({ id: 'a' })], position: 8, next: 'c/1' }),
    });
    expect(asked).toHaveLength(2);
    const { items, position } = JSON.parse(out);
    expect(items.map(({ id }: { id: string }) => id)).toEqual(['a', 'b']);
    expect(position).toBe(9);
  });

  it('shows the whole cluster', async () => {
    const routes = {
      'GET /api/v1/ledger/head': always(head),
      'GET /api/v1/cluster': always({ storm: null }),
      'GET /api/v1/nodes': page(nodeAnswer()),
      'GET /api/v1/jobs': page(jobSummary()),
    };
    expect((await oakring(['cluster'], routes)).out).toContain('1: 1 ready');
  });

  it('fetches the decisions of a job, each once, when asked why', async () => {
    const instances = [instanceAnswer(), instanceAnswer({ number: 1 })];
    const { out, asked } = await oakring(['job', 'show', 'hello', '--why'], {
      'GET /api/v1/jobs/hello': always(jobAnswer({ instances })),
      'GET /api/v1/decisions/5-0': always(decision),
    });
    expect(out).toContain('No scheduler was asked');
    expect(asked.map(({ url }) => url)).toEqual(['/api/v1/jobs/hello', '/api/v1/decisions/5-0']);
  });

  it('shows a job to who may not read the ledger, without what it printed last', async () => {
    const at = '2026-01-01T00:00:00.000Z';
    const lastLines = { generation: 1, at, event: '9/0' };
    const instances = [instanceAnswer({ generation: 2, failures: 1, lastLines })];
    const { code, out, error } = await oakring(['job', 'show', 'hello'], {
      'GET /api/v1/jobs/hello': always(jobAnswer({ instances })),
      'GET /api/v1/events': (_, answer) => answer.problem('forbidden', 'It needs ledger:read.'),
    });
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain(
      '#0, generation 1, has failed: what it printed is shown by oakring job logs hello 0 --previous',
    );
  });

  it('is coloured on a terminal, unless colour is refused', async () => {
    const routes = { 'GET /api/v1/nodes': page(nodeAnswer()) };
    const terminal = { isTerminal: true };
    const coloured = '\u001B[32mready';
    expect((await oakring(['node', 'ls'], routes, terminal)).out).toContain(coloured);
    await closeManager();
    const refused = await oakring(['node', 'ls', '--no-color'], routes, terminal);
    expect(refused.out).not.toContain('\u001B');
    await closeManager();
    const byEnvironment = { ...terminal, env: { NO_COLOR: '1' } };
    expect((await oakring(['node', 'ls'], routes, byEnvironment)).out).not.toContain('\u001B');
  });

  it('shows what a worker called itself, and obeys none of it', async () => {
    const node = nodeAnswer({ labels: { zone: '\u001B[2J' } });
    const routes = { 'GET /api/v1/nodes': page(node) };
    const { out } = await oakring(['node', 'ls', '-o', 'wide'], routes);
    expect(out).toContain('zone=\\u001b[2J');
  });

  it('shows below the nodes who speaks and is none, what it runs and the remedy', async () => {
    const stranger = { id: 'f00d', lastSeen: '2026-01-01T00:00:00.000Z' };
    const routes = {
      'GET /api/v1/nodes': page(nodeAnswer()),
      'GET /api/v1/strangers': page(
        { ...stranger, runs: ['app.ns.web.ns/0', '\u001B[2J/1'], instances: 7 },
        { ...stranger, id: 'cafe', runs: [], instances: 0 },
      ),
    };
    const { out } = await oakring(['node', 'ls'], routes);
    expect(out).toMatch(/edge-berlin[^]*f00d +app\.ns\.web\.ns\/0, \\u001b\[2J\/1 and 5 more/);
    expect(out).toMatch(/cafe +nothing/);
    expect(out).toContain('Start such a worker again: it registers');
    await closeManager();
    const { asked } = await oakring(['node', 'ls', '--at', '7'], routes);
    expect(asked).toHaveLength(1);
  });

  it('carries the token, of the option rather than of the environment', async () => {
    const routes = { 'GET /api/v1/nodes': page() };
    const env = { OAKRING_TOKEN: 'from-env' };
    const first = await oakring(['node', 'ls'], routes, { env });
    expect(first.asked[0]?.authorization).toBe('Bearer from-env');
    await closeManager();
    const second = await oakring(['node', 'ls', '--token', 'from-flag'], routes, { env });
    expect(second.asked[0]?.authorization).toBe('Bearer from-flag');
  });
});

describe('job run', () => {
  const submitted = jobAnswer({
    instances: [instanceAnswer({ status: 'pending', nodeId: null, reason: 'waiting' })],
  });

  it('submits what was said, and says where to look', async () => {
    const argv = ['job', 'run', 'demo/hello:1', '--technology', 'simulated', '--count', '2'];
    const more = ['--label', 'zone=north', '--env', 'A=b=c', '--', 'sh', '-c', 'echo --json'];
    const { code, out, asked } = await oakring([...argv, ...more], {
      'POST /api/v1/jobs': always(submitted, 201),
    });
    expect(code).toBe(0);
    expect(asked[0]?.body).toEqual({
      name: 'hello',
      image: 'demo/hello:1',
      technology: 'simulated',
      count: 2,
      labels: { zone: 'north' },
      environment: ['A=b=c'],
      cmd: ['sh', '-c', 'echo --json'],
    });
    expect(out).toContain('oakring job show hello');
  });

  it('submits a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oakring-cli-'));
    const path = join(folder, 'job.json');
    await writeFile(path, JSON.stringify({ name: 'n', image: 'i', technology: 'docker', own: 1 }));
    const { code, asked } = await oakring(['job', 'run', '-f', path], {
      'POST /api/v1/jobs': always(submitted, 201),
    });
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    expect(asked[0]?.body).toEqual({ name: 'n', image: 'i', technology: 'docker', own: 1 });
  });

  it('submits each document of a YAML file, and says where in it is what is not used', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oakring-cli-'));
    const path = join(folder, 'job.yaml');
    await writeFile(path, 'name: a\nimage: i\nonDisconect: {}\n---\nname: b\n');
    const warnings = [{ field: 'onDisconect', nearest: 'onDisconnect', detail: 'is not used' }];
    const { code, asked, error } = await oakring(['job', 'run', '-f', path, '--strict'], {
      'POST /api/v1/jobs': always({ ...submitted, warnings }, 201),
    });
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    expect(asked.map(({ url, body }) => [url, body])).toEqual([
      ['/api/v1/jobs?strict=true', { name: 'a', image: 'i', onDisconect: {} }],
      ['/api/v1/jobs?strict=true', { name: 'b' }],
    ]);
    expect(error).toContain(`is not used (${path}:3:1)`);
  });

  it.each([
    ['500m', '256Mi', { cpuMillis: 500, memoryMiB: 256 }],
    ['0.5', '1Gi', { cpuMillis: 500, memoryMiB: 1_024 }],
    ['500', '256', { cpuMillis: 500, memoryMiB: 256 }],
  ])('takes amounts as people write them: %s, %s', async (cpu, memory, resources) => {
    const argv = ['job', 'run', 'demo/hello:1', '--cpu', cpu, '--memory', memory];
    const { asked } = await oakring(argv, { 'POST /api/v1/jobs': always(submitted, 201) });
    expect(asked[0]?.body).toMatchObject({ resources });
  });

  it('takes no amount that is none', async () => {
    const { code, error } = await oakring(['job', 'run', 'demo/hello:1', '--cpu', 'much'], {});
    expect([code, error]).toEqual([2, expect.stringContaining('cores such as 0.5')]);
  });

  it('asks for jobs by their labels, all of them', async () => {
    const { asked } = await oakring(['job', 'ls', '--label', 'team=shop', '--label', 'tier'], {
      'GET /api/v1/jobs': page(jobSummary()),
    });
    expect(new URL(asked[0]?.url ?? '', 'http://any').searchParams.get('label')).toBe(
      'team=shop,tier',
    );
  });

  it('says where in a file is what is refused', async () => {
    const refusal = { field: 'ports.0', value: 'x', detail: 'ports.0 is "x".' };
    const problem = { title: 'Invalid', code: 'invalid-field', ...refusal, errors: [refusal] };
    const { code, error } = await oakring(
      ['job', 'run', '-f', '-'],
      { 'POST /api/v1/jobs': always(problem, 400) },
      { input: 'name: a\nports:\n  - x\n' },
    );
    expect(code).toBe(1);
    expect(error).toContain('ports.0 is "x". (line 3:5)');
  });

  it('--dry-run writes nothing and tells where and why', async () => {
    const plan = {
      dryRun: true,
      job: { id: 'x' },
      desired: 1,
      position: 9,
      placements: [{ nodeId: 'edge-berlin', total: 80, scores: {}, reason: 'most room' }],
      refusal: null,
    };
    const { out, asked } = await oakring(['job', 'run', 'x', '--dry-run'], {
      'POST /api/v1/jobs': always(plan),
    });
    expect(asked.map(({ url }) => url)).toEqual(['/api/v1/jobs?dryRun=true']);
    expect(out).toContain('most room');
  });

  it('--wait tells on standard error what happens until it runs', async () => {
    const looks = [submitted, submitted, jobAnswer()];
    const { code, out, error } = await oakring(['job', 'run', 'x', '--wait'], {
      'POST /api/v1/jobs': always(submitted, 201),
      'GET /api/v1/jobs/hello': (_, answer, before) => answer.json(looks[before]),
    });
    expect(code).toBe(0);
    expect(error).toBe('1 pending (waiting)\n');
    expect(out).toMatch(/0 +running +edge-berlin/);
  });

  it('--wait updates one line of a terminal and clears it', async () => {
    const { error } = await oakring(
      ['job', 'run', 'x', '--wait'],
      {
        'POST /api/v1/jobs': always(submitted, 201),
        'GET /api/v1/jobs/hello': (_, answer, before) =>
          answer.json(before === 0 ? submitted : jobAnswer()),
      },
      { isTerminal: true },
    );
    expect(error).toBe('\r\u001B[2K1 pending (waiting)\r\u001B[2K');
  });

  it('--wait --json prints the job once, and nothing else', async () => {
    const { out, error } = await oakring(['job', 'run', 'x', '--wait', '--json'], {
      'POST /api/v1/jobs': always(submitted, 201),
      'GET /api/v1/jobs/hello': (_, answer, before) =>
        answer.json(before === 0 ? submitted : jobAnswer()),
    });
    expect(error).toBe('');
    expect(JSON.parse(out)).toEqual(jobAnswer());
  });

  it.each([{ crashLooping: true }, { givenUp: true as const }])(
    '--wait ends with 1 and the reason when an instance fails for good (%j)',
    async (how) => {
      const instance = instanceAnswer({ status: 'failed', reason: 'no image', ...how });
      const { code, error } = await oakring(['job', 'run', 'x', '--wait'], {
        'POST /api/v1/jobs': always(submitted, 201),
        'GET /api/v1/jobs/hello': always(jobAnswer({ instances: [instance] })),
      });
      expect(code).toBe(1);
      expect(error).toContain('instance 0 is failed: no image');
    },
  );

  it('--wait goes on while an instance that failed is tried again', async () => {
    const failed = jobAnswer({
      instances: [instanceAnswer({ status: 'failed', reason: 'no image' })],
    });
    const { code, error } = await oakring(['job', 'run', 'x', '--wait'], {
      'POST /api/v1/jobs': always(submitted, 201),
      'GET /api/v1/jobs/hello': (_, answer, before) =>
        answer.json(before === 0 ? failed : jobAnswer()),
    });
    expect(code).toBe(0);
    expect(error).toContain('no image');
  });

  it('--wait ends with 4, what it waits for and why, when time is up', async () => {
    const { code, error } = await oakring(['job', 'run', 'x', '--wait', '--timeout', '1'], {
      'POST /api/v1/jobs': always(submitted, 201),
      'GET /api/v1/jobs/hello': always(submitted),
    });
    expect(code).toBe(4);
    expect(error).toContain('Waited 1 s for job hello to run; now: 1 pending (waiting).');
  });
});

describe('an order about a job', () => {
  it('rm deletes it, and --wait returns once it is gone', async () => {
    const { code, out, asked } = await oakring(['job', 'rm', 'hello', '--wait'], {
      'DELETE /api/v1/jobs/hello': always({ ...order, status: 'deleting', desired: 0 }),
      'GET /api/v1/jobs/hello': (_, answer, before) =>
        before === 0
          ? answer.json(jobAnswer({ status: 'deleting' }))
          : answer.problem('job-unknown', 'There is no job hello.'),
    });
    expect(code).toBe(0);
    expect(out).toBe('Job hello is gone (position 9).\n');
    expect(asked).toHaveLength(3);
  });

  it('scale sets the total', async () => {
    const { code, out, asked } = await oakring(['job', 'scale', 'hello', '3'], {
      'POST /api/v1/jobs/hello/replicate': always(order),
    });
    expect(code).toBe(0);
    expect(asked[0]?.body).toEqual({ count: 3 });
    expect(out).toBe('Job hello is to have 3 instances (position 9).\n');
  });

  it('scale --wait returns once so many run', async () => {
    const { code, out } = await oakring(['job', 'scale', 'hello', '3', '--wait'], {
      'POST /api/v1/jobs/hello/replicate': always(order),
      'GET /api/v1/jobs/hello': always(jobAnswer()),
    });
    expect(code).toBe(0);
    expect(out).toMatch(/0 +running/);
  });

  const move = 'POST /api/v1/jobs/hello/instances/0/move';
  const moving = instanceAnswer({ movingTo: { nodeId: 'edge-lisbon', generation: 2 } });

  it('move names the target only when one is named', async () => {
    const answered = { ...order, instance: 0, generation: 2, nodeId: 'edge-lisbon' };
    const free = await oakring(['job', 'move', 'hello', '0'], { [move]: always(answered) });
    expect(free.asked[0]?.body).toEqual({});
    expect(free.out).toContain('moves to edge-lisbon');
    await closeManager();
    const named = await oakring(['job', 'move', 'hello', '0', '--to', 'edge-lisbon'], {
      [move]: always(answered),
    });
    expect(named.asked[0]?.body).toEqual({ worker: 'edge-lisbon' });
  });

  it('move --wait returns once it runs there', async () => {
    const there = instanceAnswer({ generation: 2, nodeId: 'edge-lisbon' });
    const { code, out } = await oakring(['job', 'move', 'hello', '0', '--wait'], {
      [move]: always({ ...order, instance: 0, generation: 2, nodeId: 'edge-lisbon' }),
      'GET /api/v1/jobs/hello': (_, answer, before) =>
        answer.json(jobAnswer({ instances: [before === 0 ? moving : there] })),
    });
    expect(code).toBe(0);
    expect(out).toContain('edge-lisbon');
  });

  it('move --wait ends with 1 when the move is given up', async () => {
    const stayed = instanceAnswer({ reason: 'the move was given up: no image' });
    const { code, error } = await oakring(['job', 'move', 'hello', '0', '--wait'], {
      [move]: always({ ...order, instance: 0, generation: 2, nodeId: 'edge-lisbon' }),
      'GET /api/v1/jobs/hello': (_, answer, before) =>
        answer.json(jobAnswer({ instances: [before === 0 ? moving : stayed] })),
    });
    expect(code).toBe(1);
    expect(error).toContain('the move was given up: no image');
  });
});

describe('what goes wrong', () => {
  const unknown: Route = (_, answer) =>
    answer.problem('job-unknown', 'There is no job x.', { field: 'id', value: 'x' });

  it('is told as title, detail, field, value and remedy, and ends with 1', async () => {
    const { code, out, error } = await oakring(['job', 'show', 'x'], {
      'GET /api/v1/jobs/x': unknown,
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toBe(
      'The job is not known [job-unknown]\nThere is no job x.\n  field id, value "x"\n' +
        'List the jobs: oakring job ls\n',
    );
  });

  it('is the problem document itself with --json', async () => {
    const { error } = await oakring(['job', 'show', 'x', '--json'], {
      'GET /api/v1/jobs/x': unknown,
    });
    expect(JSON.parse(error)).toMatchObject({ status: 404, code: 'job-unknown', value: 'x' });
  });

  it('is told when something else than a manager answers', async () => {
    const { code, error } = await oakring(['node', 'ls'], {
      'GET /api/v1/nodes': always('gateway', 502),
    });
    expect(code).toBe(1);
    expect(error).toBe('The manager answered 502: "gateway"\n');
  });

  it('ends with 3, naming the address and the remedy, when no manager answers', async () => {
    const gone = await fakeManager({});
    const { url } = gone;
    await gone.close();
    const io = testIo();
    const code = await run(['node', 'ls', '--url', url], io, {});
    expect(code).toBe(3);
    expect(io.complained()).toContain(`No manager answers at ${url} (ECONNREFUSED)`);
    expect(io.complained()).toMatch(/oakring up.*--url/);
  });

  it.each([
    [['nodes'], "unknown command 'nodes'"],
    [['job', 'scale', 'x', 'many'], 'not a whole number'],
    [['job', 'scale', 'x'], "missing required argument 'count'"],
    [['job', 'run'], 'Name an image'],
    [['job', 'run', 'x', '--label', 'zone'], 'not key=value'],
    [['job', 'rm', 'x', '--timeout', '0'], 'seconds from 1'],
    [['job', 'run', 'x', '--never-twice', '8'], 'seconds from 10'],
    [['node', 'ls', '--', 'x'], 'too many arguments'],
    [['node', 'ls', '--url', 'ftp://x'], 'not a URL'],
    [['worker', '--runtimes', 'magic'], 'OAKRING_WORKER_RUNTIMES'],
    [['up', '--port', 'http'], '(0 to 65535)\nCorrect what is named, a variable or its flag'],
    [['audit', 'verify', tmpdir()], `--store ${tmpdir()}`],
  ])('ends with 2 when the usage is wrong: %j', async (argv, told) => {
    const io = testIo();
    expect(await run(argv, io, {})).toBe(2);
    expect(io.complained()).toContain(told);
  });
});
