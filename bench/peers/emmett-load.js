// JavaScript, and not checked: what it needs is installed in this folder when the benchmark runs.
// emmett-load.js <url> <concurrency> <ms>: durable appends of one event to a thousand streams.
import { performance } from 'node:perf_hooks';
import { getMongoDBEventStore } from '@event-driven-io/emmett-mongodb';

const [url, concurrency, runMs] = process.argv.slice(2);
const store = getMongoDBEventStore({
  connectionString: `${url}&w=majority&journal=true`,
});
let appended = 0;
const caller = async (first, untilMs) => {
  for (let round = 0; performance.now() < untilMs; round += 1) {
    const stream = `job:${(first + round * 7) % 1000}`;
    const event = { type: 'JobSubmitted', data: { id: stream, image: 'demo/hello:1', round } };
    await store
      .appendToStream(stream, [event])
      .then(() => (appended += 1))
      // Two at once on one stream: the loser tries the next one.
      .catch(() => {});
  }
};
const round = async (ms) => {
  const untilMs = performance.now() + ms;
  const callers = Array.from({ length: Number(concurrency) }, (_, index) => caller(index, untilMs));
  await Promise.all(callers);
};
await round(1_000);
appended = 0;
const since = performance.now();
await round(Number(runMs));
console.log(JSON.stringify({ perSecond: (appended / (performance.now() - since)) * 1000 }));
process.exit(0);
