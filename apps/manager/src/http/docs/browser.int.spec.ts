import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { readScrape } from '@oakring/metrics/testing';
import { chromium, shownBy, whileOpen } from '../../../../../infra/browser/chromium.js';
import { startTestManager, type TestManager } from '../testing/test-manager.js';

const itInBrowser = chromium === undefined ? it.skip : it;
/** Simulated by the browser, so that requests which a page began are over; it stands still while one is under way. */
const settled = '--virtual-time-budget=10000';

/** What another site does to whom its page is shown. It says what came of each attempt. */
const attack = (manager: string) => `
const job = JSON.stringify({ name: 'theirs', image: 'sh', technology: 'process', x: '=' });
const jobs = '${manager}/api/v1/jobs';
const results = {};
const tried = async (attempt) => { try { return String(await attempt()); } catch { return 'refused'; } };
const note = (name, outcome) => { results[name] = outcome; };
const sent = (init) => tried(async () => (await fetch(jobs, { method: 'POST', body: job, ...init })).status);
const form = (enctype) => {
  const frame = Object.assign(document.createElement('iframe'), { name: enctype });
  const sender = Object.assign(document.createElement('form'), { action: jobs, method: 'post', enctype, target: enctype });
  const [name, value] = job.split('=');
  sender.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  document.body.append(frame, sender);
  sender.submit();
  return 'sent';
};
const loaded = (tag, attributes) => tried(() => new Promise((resolve, reject) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.onload = () => resolve('loaded');
  element.onerror = reject;
  document.body.append(element);
}));
const opened = () => new Promise((resolve) => {
  const socket = new WebSocket('${manager.replace('http', 'ws')}/api/v1/events');
  socket.onopen = () => resolve('opened');
  socket.onerror = () => resolve('refused');
});
note('plain', await sent({ mode: 'no-cors', headers: { 'content-type': 'text/plain' } }));
note('json', await sent({ headers: { 'content-type': 'application/json' } }));
note('read', await tried(async () => (await fetch(jobs)).text()));
note('deletes', await tried(async () => (await fetch(jobs + '/mine', { method: 'DELETE' })).status));
note('beacon', await tried(() => navigator.sendBeacon(jobs, new Blob([job], { type: 'text/plain' }))));
note('socket', await opened());
note('image', await loaded('img', { src: '${manager}/api/docs/favicon-32x32.png' }));
note('script', await loaded('script', { src: '${manager}/api/docs/start.js' }));
note('text', form('text/plain'));
note('urlencoded', form('application/x-www-form-urlencoded'));
note('multipart', form('multipart/form-data'));
await fetch('/results', { method: 'POST', body: JSON.stringify(results) });
`;

describe('a browser', () => {
  let manager: TestManager;
  let others: Server;
  beforeAll(async () => {
    manager = await startTestManager();
    others = createServer((request, answer) => {
      if (request.method === 'POST') {
        void text(request).then((results) => others.emit('results', JSON.parse(results)));
        return void answer.end();
      }
      const page = `<!doctype html><script type="module">${attack(manager.url)}</script>`;
      answer.writeHead(200, { 'content-type': 'text/html' }).end(page);
    }).listen(0, '127.0.0.1');
    await once(others, 'listening');
  });
  afterAll(async () => {
    others.closeAllConnections();
    others.close();
    await manager.close();
  });

  itInBrowser(
    'shows the page of the interface without a complaint, under a policy that names nothing inline',
    async () => {
      const { dom, console } = await shownBy(chromium ?? '', `${manager.url}/api/docs`, settled);
      expect(dom).toContain('Submit a job');
      expect(console).toEqual([]);
    },
  );

  itInBrowser(
    'that shows the page of another site changes nothing here, and tells that page nothing',
    async () => {
      await manager.send('POST', '/api/v1/jobs', {
        ...{ id: 'mine', name: 'mine', image: 'sh', technology: 'process' },
      });
      const before = (await manager.log.head()).position;
      const { port } = others.address() as AddressInfo;
      const page = `http://localhost:${port}/`;
      const [results] = await whileOpen(chromium ?? '', page, () => once(others, 'results'));
      expect(results).toEqual({
        // A browser lets them be sent, and tells nothing of what becomes of them.
        ...{ beacon: 'true', text: 'sent', urlencoded: 'sent', multipart: 'sent' },
        ...{ plain: 'refused', json: 'refused', read: 'refused', deletes: 'refused' },
        ...{ socket: 'refused', image: 'refused', script: 'refused' },
      });
      // Forms of three kinds, a beacon, a request without a question, one for a WebSocket, and two that were asked about.
      const { samples = [] } =
        readScrape(await (await manager.get('/metrics')).text()).get(
          'oakring_http_refused_total',
        ) ?? {};
      const refused = samples.find(({ labels }) => labels['code'] === 'origin-foreign')?.value;
      expect(refused).toBeGreaterThanOrEqual(8);
      expect((await manager.log.head()).position).toBe(before);
      expect([...manager.projection.state.jobs.entries()].map(([id]) => id)).toEqual(['mine']);
    },
  );
});
