// Workers of Oakestra, many behind one socket, in a process that looks like a broker. They speak every
// two seconds and show what they were ordered to run; told to flood, they say it as fast as they are
// heard. Told a `FloodOrder`. Sends {port}, {subscribed}, and {placed} once every instance was ordered.
import { BrokerOfOne, publication } from './broker-of-one.js';
import { serviceName } from './oakestra-http.js';
import { emptied, measured } from './oakestra-machine.js';
import { tell } from './processes.js';

export interface FloodOrder {
  /** They speak from now on. */
  readonly nodes?: readonly string[];
  /** So many of each will be ordered … */
  readonly instances?: number;
  /** … or run already. */
  readonly running?: number;
  /** A heartbeat and a list of each, so many times at once. */
  readonly rounds?: number;
}

const periodMs = 2_000;
const logBytes = 1_000;
const log = 'GET /index.html 200 "-" '.repeat(logBytes).slice(0, logBytes);
const has = new Map<string, { readonly name: string; readonly instance: number }[]>();
let wanted = 0;
let ordered = 0;

const broker = new BrokerOfOne({
  subscribed: () => tell({ subscribed: true }),
  published(topic, payload) {
    const [, id = '', control, kind] = topic.split('/');
    if (control !== 'control' || kind !== 'deploy') return;
    const order = JSON.parse(payload.toString()) as { job_name: string; instance_number: number };
    const { job_name: name, instance_number: instance } = order;
    const there = has.get(id) ?? [];
    if (there.some((each) => each.name === name && each.instance === instance)) return;
    has.set(id, [...there, { name, instance }]);
    ordered += 1;
    if (ordered === wanted) tell({ placed: true });
  },
});

/** A heartbeat and a list of each. */
function roundOfAll(): Buffer {
  return Buffer.concat(
    [...has].flatMap(([id, instances], number) => {
      const heartbeat = JSON.stringify({ ...emptied, ...measured, ip: '10.0.0.7' });
      const services = instances.map(({ name, instance }) => ({
        ...{ cpu_percent: '1.52', memory_percent: '0.011', disk: '40960', logs: log },
        ...{ job_name: name, virtualization: 'docker', instance },
      }));
      return [
        publication(`nodes/${id}/information`, heartbeat, null),
        publication(`nodes/${id}/jobs/resources`, JSON.stringify({ services }), number),
      ];
    }),
  );
}

async function flood(rounds: number): Promise<void> {
  const packets = roundOfAll();
  for (let round = 0; round < rounds; round += 1) await broker.send(packets);
}

process.on('message', ({ nodes = [], instances = 0, running = 0, rounds }: FloodOrder) => {
  if (rounds !== undefined) return void flood(rounds);
  for (const [number, id] of nodes.entries()) {
    const name = serviceName(number);
    has.set(
      id,
      Array.from({ length: running }, (_, instance) => ({ name, instance })),
    );
  }
  wanted = has.size * instances;
  setInterval(() => void broker.send(roundOfAll()), periodMs);
});
tell({ port: await broker.listen() });
