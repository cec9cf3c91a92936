import { afterEach, describe, expect, it } from '@jest/globals';
import { sampleEvents } from '@oakring/events/testing';
import { seededRandomness } from '@oakring/ports';
import { forged, HostileDocuments, hostileText } from './testing/hostile-documents.js';
import type { Answer, Asked, Route } from './testing/fake-manager.js';
import { closeManager, oakring } from './testing/run-oakring.js';

afterEach(closeManager);

const seed = Number(process.env['OAKRING_SEED'] ?? 7);
/** What a command shows is chosen anew so often: of a union, of what may be null, of names that are one of several. */
const times = 3;

/** What a person reads of what a manager answers. */
const pages = [
  ...['cluster', 'top --once', 'whoami', 'root forgotten', 'decision show 7-0', 'dead-letters'],
  ...['diff 1 9', 'token ls', 'job ls', 'job show web', 'job history web', 'job scale web 3'],
  ...['job rm web', 'job move web 0', 'job rollback web --to 1', 'job restart web'],
  ...[
    'node ls',
    'node show n1',
    'events',
    'job logs web 0',
    'job logs web --timestamps',
    'audit keys',
  ],
];

/** What shows little of it, or refuses such answers. */
const sentences = [
  ...['root', 'token revoke web', 'token create --role operator --name anna', 'job diff web 1 2'],
  ...['node cordon n1', 'node uncordon n1', 'node drain n1', 'node quarantine n1'],
  ...['node release n1', 'node label n1 zone=a', 'node telemetry n1', 'node forget n1'],
  ...['audit fsck', 'audit fingerprint', 'job scale web 3 --dry-run'],
];

/** Answers each request with a document of its shape. */
function hostileRoutes(documents: HostileDocuments): Readonly<Record<string, Route>> {
  const routes: Record<string, Route> = {};
  const route: Route = ({ method, url }: Asked, answer: Answer) => {
    const [path = ''] = url.split('?');
    if (path === '/api/v1/events') return eventsOf(answer);
    if (path.endsWith('/logs')) {
      answer.lines([{ text: hostileText('text'), at: hostileText('at'), stream: 'out' }]);
      return answer.end();
    }
    const found = documents.answerTo(method, path);
    if (found === null) return answer.problem('internal', hostileText('detail'));
    return answer.json(found);
  };
  return new Proxy(routes, { get: () => route });
}

/** One of each type, hostile in every text that is no name of a type. */
function eventsOf(answer: Answer): void {
  const events = sampleEvents(seededRandomness(seed)).map((event, at) => ({
    ...{ position: 1 + at, index: 0, version: 1, at: '2026-01-01T12:34:56.789Z' },
    ...{ by: hostileText('by'), cause: hostileText('cause'), deviceAt: null, trace: null },
    ...{ type: event.type, stream: `${event.stream}${hostileText('stream')}` },
    data: hostileIn(event.data),
  }));
  answer.lines(events);
  answer.end();
}

function hostileIn(value: unknown): unknown {
  if (typeof value === 'string') return hostileText(value);
  if (Array.isArray(value)) return value.map(hostileIn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, hostileIn(member)]),
  );
}

/** Nothing that a terminal obeys is left in it, and no line that somebody else began. */
function faultsOf(text: string): readonly string[] {
  // oxlint-disable-next-line no-control-regex -- these characters are what is looked for
  const obeyed = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\u202E\u200F\uFEFF]/;
  return text
    .split('\n')
    .filter((line) => obeyed.test(line) || line.trimStart().startsWith(forged))
    .map((line) => JSON.stringify(line).slice(0, 300));
}

describe(`What the command line prints of hostile answers (seed ${seed})`, () => {
  it.each([...pages, ...sentences])('oakring %s obeys and forges nothing', async (page) => {
    let shown = '';
    for (let time = 0; time < times; time += 1) {
      const documents = new HostileDocuments(seededRandomness(seed + time));
      const { out, error } = await oakring(page.split(' '), hostileRoutes(documents));
      expect(faultsOf(`${out}\n${error}`)).toEqual([]);
      shown += out;
    }
    // It came as far as showing something of it.
    if (pages.includes(page)) expect(shown).toContain(`\\n${forged}`);
  });

  it.each(['job ls -o json', 'node show n1 -o json', 'events -o json', 'cluster -o name'])(
    'oakring %s is for programs, and obeys nothing as well',
    async (page) => {
      const documents = new HostileDocuments(seededRandomness(seed));
      const { out, error } = await oakring(page.split(' '), hostileRoutes(documents));
      // oxlint-disable-next-line no-control-regex -- these characters are what is looked for
      expect(`${out}${error}`).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/);
    },
  );

  it('gives a program the text that came', async () => {
    const text = hostileText('n1');
    const route: Route = (_, answer) => answer.json({ items: [{ id: text }], position: 1 });
    const { out } = await oakring(['node', 'ls', '-o', 'json'], { 'GET /api/v1/nodes': route });
    expect(JSON.parse(out)).toMatchObject({ items: [{ id: text }] });
  });
});
