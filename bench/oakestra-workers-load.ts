// Workers of Oakestra, many in one process, each with a connection of its own, as strict as the real one.
// Arguments: url of the manager, count. Sends {ready}, then every order that arrives; told numbers of
// workers, it kills those.
import { setTimeout as pause } from 'node:timers/promises';
import { StandInWorker } from '../infra/oakestra/worker.js';
import { now } from './manager-http.js';
import { addressesOf, hostName } from './oakestra-machine.js';
import { tell } from './processes.js';

/** That an order arrived at worker number `worker`. */
export interface OrderedThere {
  readonly name: string;
  readonly instance: number;
  readonly worker: number;
  readonly at: number;
}

export interface Killing {
  readonly workers: readonly number[];
}

const [url = '', count = '1'] = process.argv.slice(2);
const periodMs = 2_000;

function worker(number: number): StandInWorker {
  const started = new StandInWorker({
    ...{ url, host: hostName(number), hostid: `machine-${number}`, ...addressesOf(number) },
    runtimes: ['docker'],
  });
  const { engine } = started;
  const obey = engine.control.bind(engine);
  engine.control = (kind, payload) => {
    const at = now();
    obey(kind, payload);
    if (kind !== 'deploy') return;
    const read = JSON.parse(payload) as { job_name: string; instance_number: number };
    const { job_name: name, instance_number: instance } = read;
    const ordered: OrderedThere = { name, instance, worker: number, at };
    tell(ordered);
  };
  return started;
}

const workers: StandInWorker[] = [];
for (let number = 0; number < Number(count); number += 1) {
  const one = worker(number);
  await one.start();
  workers.push(one);
  // Spread over the period: a fleet does not beat in step.
  await pause(periodMs / Number(count));
}
process.on('message', ({ workers: numbers }: Killing) => {
  for (const number of numbers) workers[number]?.kill();
});
tell({ ready: true });
