import type { Decision, Node } from '../client/documents.js';
import { describe, expect, it } from '@jest/globals';
import { problemOf } from '@oakring/contracts';
import { colorsOf, type Look } from '../terminal.js';
import { instanceAnswer, jobAnswer, jobSummary, nodeAnswer } from '../testing/answers.js';
import { renderCluster } from './cluster.js';
import { renderDeadLetters } from './dead-letters.js';
import { renderDecision } from './decision.js';
import { renderDryRun, renderJob, renderJobs } from './jobs.js';
import { agoText, barOf } from './measures.js';
import { renderNode, renderNodes } from './nodes.js';
import { printable } from '@oakring/narration';
import { renderProblem } from './problem.js';
import { renderTable } from './table.js';

const colors = colorsOf(false);
const nowMs = Date.parse('2026-01-01T00:00:03.000Z');
const look: Look = { colors, nowMs, width: null, wide: false };

describe('a table', () => {
  it('aligns columns, has no borders and no space at the ends of lines', () => {
    expect(
      renderTable(
        ['A', 'LONGER'],
        [
          ['one', '1'],
          ['x', '22'],
        ],
      ),
    ).toBe('A    LONGER\none  1\nx    22');
  });

  it('aligns cells that are coloured', () => {
    const { green } = colorsOf(true);
    const [, first, second] = renderTable(
      ['A', 'B'],
      [
        [green('up'), '1'],
        ['down', '2'],
      ],
    ).split('\n');
    expect(first).toBe(`${green('up')}    1`);
    expect(second).toBe('down  2');
  });
});

describe('a page on a terminal', () => {
  const chosen = '0b7f3c2e-8d1a-4c57-9f0e-3a2b1c4d5e6f';
  const long =
    'because it has most room left of all that carry its labels, and runs fewest of this job';
  const instances = [instanceAnswer({ reason: long, used: { cpu: 3, memory: 4 }, restarts: 12 })];
  const job = jobAnswer({ id: chosen, name: 'a-rather-long-name', instances });
  const narrow: Look = { ...look, width: 80 };
  const pages: [string, string][] = [
    ['jobs', renderJobs([jobSummary({ id: chosen, name: job.name })], narrow)],
    ['a job', renderJob(job, narrow)],
    ['nodes', renderNodes([nodeAnswer({ id: chosen })], narrow)],
    ['a node', renderNode(nodeAnswer({ reason: long.repeat(2) }), narrow)],
  ];

  it.each(pages)('fits its 80 signs: %s', (_, text) => {
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('has as much of an id as names it, and sentences that go on below', () => {
    const [jobs = '', shown = ''] = pages.map(([, text]) => text);
    expect(jobs).toContain(chosen.slice(0, 12));
    expect(shown).toContain(chosen);
    expect(shown.replaceAll(/\s+/g, ' ')).toContain('because it has most room left');
    expect(shown.replaceAll(/\s+/g, '')).toContain('fewestofthisjob');
  });
});

describe('the table of nodes', () => {
  it('shows status, what is reserved of what there is, use, and when each was heard', () => {
    expect(renderNodes([nodeAnswer()], { ...look, wide: true }).split('\n')[1]).toBe(
      'edge-berlin  ready   3s   ███░░░░░░░ 500/2000m  ███░░░░░░░ 1024/4096 MiB  ' +
        '12% CPU, 30% memory  2     zone=north  native   10.0.0.7  3 s ago',
    );
  });

  it('says of a node that joined since when, and by whom; and what to do once that is revoked', () => {
    const since = '2026-01-01T00:00:00.000Z';
    const joined = { since, joinedBy: 'api/shelf', labels: { zone: 'a' } };
    const shown = (
      more: Pick<NonNullable<Node['credential']>, 'status' | 'revoked' | 'revokedBy'>,
    ) => renderNode(nodeAnswer({ credential: { ...joined, ...more } }), look);
    expect(shown({ status: 'holds', revoked: null, revokedBy: null })).toMatch(
      /^credential +of its own since 2026\S+, let in by api\/shelf, with zone=a whatever/m,
    );
    expect(shown({ status: 'revoked', revoked: since, revokedBy: 'api/anna' })).toMatch(
      /^credential +revoked 2026\S+ by api\/anna; .*--role join --name edge-berlin --ids edge-berlin/m,
    );
    expect(renderNode(nodeAnswer(), look)).not.toMatch(/^credential/m);
  });

  it('shows a dash where nothing was measured yet, and says since when nobody was heard', () => {
    const quiet = nodeAnswer({ used: null, lastSeen: null, labels: {} });
    expect(renderNodes([quiet], look)).toMatch(/MiB {2}- .* not since this manager leads$/);
  });

  it('says how to get one when there is none', () => {
    expect(renderNodes([], look)).toContain('oakring worker');
  });
});

describe('one node', () => {
  it('says when its capacity is assumed', () => {
    expect(renderNode(nodeAnswer({ assumed: true }), look)).toContain('assumed');
  });

  it('says when it has no runtime', () => {
    const technologies = ['process'];
    expect(renderNode(nodeAnswer({ technologies }), look)).toMatch(/limits +none for processes/);
    const features = ['process:limits'];
    expect(renderNode(nodeAnswer({ technologies, features }), look)).not.toContain('none for');
    expect(renderNode(nodeAnswer({ technologies: [] }), look)).toMatch(
      /^technologies +no runtime$/m,
    );
  });

  it('has a port in its address only where it listens', () => {
    const address = (port: number): string =>
      renderNode(nodeAnswer({ ip: '10.0.0.7', port }), look);
    expect(address(3000)).toMatch(/^address +10\.0\.0\.7:3000$/m);
    expect(address(0)).toMatch(/^address +10\.0\.0\.7$/m);
  });
});

describe('jobs', () => {
  it('are listed with their instances by status', () => {
    const job = jobSummary({ desired: 3, counts: { running: 2, pending: 1 } });
    expect(renderJobs([job], look)).toMatch(/active +3 +0 +3s +2 running, 1 pending$/);
  });

  it('are shown with node, generation, age, restarts and reason of each instance', () => {
    const used = { cpu: 3.25, memory: 12.4 };
    const job = jobAnswer({ instances: [instanceAnswer({ confirmed: false, restarts: 2, used })] });
    expect(renderJob(job, look)).toMatch(
      /0 +running\? +edge-berlin +1 +3s +2 +3\.3% +12% +most room$/,
    );
    expect(renderJob(job, { ...look, wide: true })).toMatch(/12% +no +5-0 +most room$/);
  });

  it('say that a root numbers their instances', () => {
    const job = jobSummary({ desired: 3, byRoot: true });
    expect(renderJobs([job], look)).toContain('3 (root)');
    expect(renderJob(jobAnswer({ byRoot: true }), look)).toContain('by root, which numbers');
  });

  it('are shown with their labels, and what each of their instances asks of a node', () => {
    const labels = { team: 'shop' };
    const document = {
      ...{ labels, nodeLabels: { zone: 'north' } },
      resources: { cpuMillis: 250, memory: '1Gi', gpus: 2 },
    };
    expect(renderJob(jobAnswer({ labels, document }), { ...look, width: null })).toContain(
      'labels team=shop  each reserves 250m CPU, 1Gi memory, 2 GPU  on nodes with zone=north',
    );
    expect(renderJobs([jobSummary({ labels })], { ...look, wide: true })).toMatch(
      /LABELS\n.* team=shop/,
    );
    expect(renderJobs([jobSummary({ labels })], look)).not.toContain('team');
  });

  it('are shown with what of their document nobody looks at', () => {
    const detail = 'storage (5 MB) is not looked at';
    const warnings = [{ field: 'document', nearest: null, detail }];
    expect(renderJob(jobAnswer({ warnings }), look)).toContain(`Note: ${detail}\n`);
  });

  it('are shown with the health of what has checks, and why it is bad', () => {
    const since = '2026-01-01T00:00:00.000Z';
    const reason = 'health check failed 3 times: GET http://localhost:80/ answered 503';
    const health = { status: 'unhealthy', since, reason } as const;
    const shown = renderJob(jobAnswer({ instances: [instanceAnswer({ health })] }), look);
    expect(shown).toContain('running, unhealthy');
    expect(shown).toContain(`#0 is unhealthy since ${since}: ${reason}`);
    const summary = jobSummary({ counts: { running: 3 }, health: { healthy: 2, unhealthy: 1 } });
    expect(renderJobs([summary], look)).toContain('3 running (2 healthy, 1 unhealthy)');
  });

  it('are shown with where an instance moves', () => {
    const moving = instanceAnswer({ movingTo: { nodeId: 'edge-lisbon', generation: 2 } });
    expect(renderJob(jobAnswer({ instances: [moving] }), look)).toContain(
      'edge-berlin → edge-lisbon',
    );
  });

  it('are shown with where the new one of an update starts, which may be the same node', () => {
    const movingTo = { nodeId: 'edge-berlin', generation: 2, update: true } as const;
    const shown = renderJob(jobAnswer({ instances: [instanceAnswer({ movingTo })] }), look);
    expect(shown).toContain('edge-berlin + edge-berlin');
  });
});

describe('a dry run', () => {
  it('tells where, why, and why not the others', () => {
    const text = renderDryRun(
      {
        desired: 2,
        position: 9,
        placements: [
          { instance: 0, nodeId: 'edge-berlin', total: 80, scores: {}, reason: 'most room' },
        ],
        refusal: {
          code: 'no-capacity',
          detail: 'One does not fit.',
          filtered: {},
          nearest: null,
          wouldFit: null,
        },
      },
      look,
    );
    expect(text).toContain('1 of 2 instances would be placed now');
    expect(text).toMatch(/0 +edge-berlin +80 +most room/);
    expect(text).toContain('The others would wait: One does not fit.');
  });

  it.each([
    [1, '0 of 1 instance would', 'It would wait: None fits.'],
    [3, '0 of 3 instances would', 'All would wait: None fits.'],
  ])('speaks of no others when none of %d fits', (desired, counts, wait) => {
    const refusal = {
      code: 'no-capacity',
      detail: 'None fits.',
      filtered: {},
      nearest: null,
      wouldFit: null,
    } as const;
    const plan = { desired, position: 9, placements: [], refusal };
    const text = renderDryRun(plan, look);
    expect(text).toContain(counts);
    expect(text).toContain(wait);
  });
});

const about = { id: '5-0', job: 'hello', at: '2026-01-01T00:00:00.000Z', position: 5 };
const basis = {
  policy: 'spread/1',
  seed: 7,
  sawLedger: 4,
  sawTelemetry: 3,
  nodes: 3,
  feasible: 2,
  filtered: { capacity: 1 },
};
const placement = {
  instance: 0,
  generation: 2,
  nodeId: 'edge-berlin',
  reason: 'most room',
  total: 90,
  scores: { spread: 100 },
};

describe('a decision', () => {
  const decisions: [string, Decision, RegExp][] = [
    [
      'that placed',
      { ...about, type: 'InstancesPlaced', decisionId: '5-0', basis, placements: [placement] },
      /0 +2 +edge-berlin +90 +spread 100 +most room[^]*3 looked at, 2 could/,
    ],
    [
      'to move',
      {
        ...about,
        type: 'MoveStarted',
        decisionId: '5-0',
        basis,
        instance: 0,
        fromNodeId: 'edge-lisbon',
        fromGeneration: 1,
        placement,
      },
      /moves from edge-lisbon[^]*edge-berlin/,
    ],
    [
      'to update by one beside it',
      {
        ...{ ...about, type: 'MoveStarted', decisionId: '5-0', basis, instance: 0, placement },
        ...{ fromNodeId: 'edge-lisbon', fromGeneration: 1, surge: true },
      },
      /is updated by one beside it, which is on edge-lisbon[^]*edge-berlin/,
    ],
    [
      'that placed nothing',
      {
        ...about,
        type: 'PlacementRefused',
        decisionId: '5-0',
        basis: null,
        instances: [0, 1],
        code: 'no-capacity',
        detail: 'Nothing fits.',
        filtered: { capacity: 3 },
        nearest: { nodeId: 'edge-berlin', lacking: { cpuMillis: 10, memoryMiB: 0 } },
        wouldFit: { cpuMillis: 90, memoryMiB: 64 },
      },
      /#0, #1[^]*no-capacity: Nothing fits\.[^]*capacity 3[^]*lacking 10m[^]*90m[^]*No scheduler/,
    ],
  ];

  it.each(decisions)('%s tells why', (_, decision, told) => {
    expect(renderDecision(decision, look)).toMatch(told);
  });
});

describe('dead letters', () => {
  it('are shown with code, reason, the beginning of the payload, and what was left out', () => {
    const letter = {
      at: '2026-01-01T00:00:00.000Z',
      topic: 'nodes/x/acks',
      code: 'command-unknown',
      reason: 'No such command.',
      payload: 'a'.repeat(100),
      suppressed: 4,
    };
    const text = renderDeadLetters([letter], look);
    expect(text).toContain('command-unknown  No such command. (and 4 like it)');
    expect(text).toMatch(/ a{48}…$/);
  });
});

describe('what went wrong', () => {
  it('is told with a job: failures, their history, a rollout, and what may run twice', () => {
    const attempt = { generation: 2, nodeId: 'edge-oslo', at: '2026-01-01T00:00:00.000Z' };
    const text = renderJob(
      jobAnswer({
        revision: 3,
        rollout: { status: 'rolledBack', revision: 3, updated: 1, reason: 'instance 0 failed' },
        instances: [
          instanceAnswer({
            ...{ failures: 4, crashLooping: true },
            attempts: [{ ...attempt, reason: 'exit code 3' }],
            replaces: [{ nodeId: 'edge-lisbon', generation: 1 }],
          }),
        ],
      }),
      look,
    );
    expect(text).toContain('revision 3');
    expect(text).toContain('rollout of revision 3 rolled back, 1 of 1 run it: instance 0 failed');
    expect(text).toContain('#0 failed 4 times in a row (crash loop):');
    expect(text).toContain('generation 2 on edge-oslo: exit code 3');
    expect(text).toContain('#0 was lost with edge-lisbon, where generation 1 may run still');
  });

  it('is told with a node: why nothing new is placed there', () => {
    const since = '2026-01-01T00:00:00.000Z';
    const node = nodeAnswer({
      flags: {
        cordoned: { since, reason: 'a new disk' },
        draining: { deadline: since, force: true },
        quarantined: { since, reason: '3 jobs failed here', byRecord: true },
      },
      unexpected: ['theirs/0/1'],
      unreadable: ['web/?'],
    });
    expect(renderNodes([node], look)).toContain('ready draining quarantined');
    const text = renderNode(node, look);
    expect(text).toContain('a new disk');
    expect(text).toContain('by force then');
    expect(text).toContain('by its record: 3 jobs failed here');
    expect(text).toContain('theirs/0/1 runs there without an order');
    expect(text).toContain('its worker reports web/?, which cannot be told');
  });
});

describe('the cluster on one page', () => {
  it('counts nodes, jobs and instances by status and draws the load', () => {
    const text = renderCluster(
      {
        head: { position: 12, epoch: 2, hash: 'f'.repeat(64) },
        past: null,
        storm: { since: '2026-01-01T00:00:00.000Z', reason: 'many at once' },
        degraded: [
          { what: 'seals', since: '2026-01-01T00:00:01.000Z', reason: 'the disk is full' },
        ],
        nodes: [nodeAnswer(), nodeAnswer({ id: 'edge-oslo', status: 'lost' })],
        jobs: [jobSummary({ counts: { running: 2 } }), jobSummary({ counts: { running: 1 } })],
      },
      look,
    );
    expect(text).toContain('position 12, epoch 2');
    expect(text).toMatch(/STORM +since 2026-01-01T00:00:00.000Z: many at once/);
    expect(text).toMatch(/DEGRADED +seals since 2026-01-01T00:00:01.000Z: the disk is full/);
    expect(text).toContain('2: 1 ready, 1 lost');
    expect(text).toContain('3 running');
    expect(text).toMatch(/edge-oslo +lost +███░/);
  });

  it('of the past names its position, not the head of today', () => {
    const text = renderCluster(
      {
        ...{ head: { position: 12, epoch: 2, hash: 'f'.repeat(64) }, past: 7 },
        ...{ storm: null, degraded: [], nodes: [], jobs: [] },
      },
      look,
    );
    expect(text).toMatch(/^position +7 of 12$/m);
    expect(text).not.toContain('epoch 2');
  });
});

describe('a problem', () => {
  it('is told with title, code, detail, field, value and remedy', () => {
    const problem = problemOf({
      code: 'technology-unknown',
      detail: 'technology is "x".',
      field: 'technology',
      value: 'x',
    });
    expect(renderProblem(problem, colors).split('\n')).toEqual([
      'The technology is not known [technology-unknown]',
      'technology is "x".',
      '  field technology, value "x"',
      'Use one of docker, unikernel, process, simulated.',
    ]);
  });

  it('names every field when several are wrong', () => {
    const problem = problemOf({ code: 'invalid-field', detail: 'Two fields.', field: 'count' });
    const errors = [
      { field: 'count', value: -1, detail: 'negative' },
      { field: 'name', value: null, detail: 'missing' },
    ];
    const text = renderProblem({ ...problem, errors }, colors);
    expect(text).toContain('  field count, value -1: negative');
    expect(text).toContain('  field name, value null: missing');
  });
});

describe('printable text', () => {
  it('shows control characters instead of obeying them, at any depth', () => {
    expect(printable({ a: ['\u001B[31m', { 'k\u0007': 'x\ny' }], n: 1, z: null })).toEqual({
      a: ['\\u001b[31m', { 'k\\u0007': 'x\\ny' }],
      n: 1,
      z: null,
    });
  });

  it('leaves letters of every script alone', () => {
    expect(printable('Zürich → 東京 ✓')).toBe('Zürich → 東京 ✓');
  });
});

describe('a bar', () => {
  it.each([
    [0, 10, '░░░░░░░░░░'],
    [1, 1000, '█░░░░░░░░░'],
    [5, 10, '█████░░░░░'],
    [15, 10, '██████████'],
    [0, 0, '░░░░░░░░░░'],
    [1, 0, '██████████'],
  ])('draws %d of %d', (part, whole, bar) => {
    expect(barOf(part, whole)).toBe(bar);
  });
});

describe('a time ago', () => {
  it.each([
    ['2026-01-01T00:00:01.000Z', '2 s ago'],
    ['2026-01-01T00:00:09.000Z', '0 s ago'],
    ['2025-12-31T23:57:00.000Z', '3 min ago'],
    ['2025-12-31T22:00:00.000Z', '2 h ago'],
    ['2025-12-28T00:00:00.000Z', '4 d ago'],
  ])('is told in the largest unit: %s', (at, told) => {
    expect(agoText(at, nowMs)).toBe(told);
  });
});
