import { afterEach, describe, expect, it } from '@jest/globals';
import { nodeAnswer } from './testing/answers.js';
import { closeManager, oakring, page } from './testing/run-oakring.js';

afterEach(closeManager);

const instance = (id: string, cpu: number | null, memory: number) => ({
  ...{ id, job: id.split('/')[0], number: 0, generation: 1, status: 'running', restarts: 0 },
  ...{ nodeId: 'edge-berlin', since: '2026-01-01T00:00:00.000Z' },
  used: cpu === null ? null : { cpu, memory },
});
const routes = {
  'GET /api/v1/nodes': page(
    nodeAnswer({ id: 'idle', used: { cpu: 1, memory: 90 } }),
    nodeAnswer({ id: 'busy', used: { cpu: 80.4, memory: 5 } }),
  ),
  'GET /api/v1/instances': page(
    instance('quiet/0', null, 0),
    instance('small/0', 0.5, 60),
    instance('large/0', 42, 3),
  ),
};
const firstWords = (out: string): readonly string[] =>
  out.split('\n').map((line) => line.split(' ')[0] ?? '');

describe('top', () => {
  it.each([
    ['cpu', ['busy', 'idle'], ['large/0', 'small/0', 'quiet/0']],
    ['memory', ['idle', 'busy'], ['small/0', 'large/0', 'quiet/0']],
    ['name', ['busy', 'idle'], ['large/0', 'quiet/0', 'small/0']],
  ])('shows what nodes and instances use, by %s', async (order, nodes, instances) => {
    const { code, out } = await oakring(['top', '--once', '-s', order], routes);
    expect(code).toBe(0);
    expect(firstWords(out).filter((word) => word !== '' && !/^\d/.test(word))).toEqual([
      ...['NODE', ...nodes],
      ...['INSTANCE', ...instances],
    ]);
    expect(out).toMatch(/busy +ready +█████████░ 80% +█░+ 5\.0%/);
  });

  it('is a document for programs', async () => {
    const { out } = await oakring(['top', '--json'], routes);
    const { nodes, instances } = JSON.parse(out);
    expect([nodes.length, instances.length]).toEqual([2, 3]);
  });

  it('is live on a terminal: keys sort, and q ends it', async () => {
    const terminal = { isTerminal: true, keys: ['m', 'q'] };
    const { code, out } = await oakring(['top', '--no-color'], routes, terminal);
    const screens = out.split('\u001B[H').slice(1);
    expect(code).toBe(0);
    expect(screens[0]).toContain('by cpu');
    expect(screens[1]).toContain('by memory');
  });
});
