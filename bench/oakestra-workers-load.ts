// Workers of Oakestra, many in one process, each with a connection of its own, as strict as the real one.
// Arguments: url of the manager, count. Sends {ready}, then what happens at its workers; told numbers of
// workers, it kills those.
import { setTimeout as pause } from 'node:timers/promises';
import { StandInWorker } from '../infra/oakestra/worker.js';
import { now } from './manager-http.js';
import { addressesOf, hostName } from './oakestra-machine.js';
import { tell } from './processes.js';

/** At worker number `worker`: an order to run an instance arrived, or its list shows it for the first time. */
export interface Happened {
  readonly what: 'ordered' | 'shown';
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
const logBytes = 1_000;
const log = 'GET /index.html 200 "-" '.repeat(logBytes).slice(0, logBytes);

function worker(number: number): StandInWorker {
  const started = new StandInWorker({
    ...{ url, host: hostName(number), hostid: `machine-${number}`, ...addressesOf(number) },
    ...{ runtimes: ['docker'], log },
  });
  const happened = (what: Happened['what'], name: string, instance: number, at: number): void => {
    const told: Happened = { what, name, instance, worker: number, at };
    tell(told);
  };
  const { engine } = started;
  const [obey, report] = [engine.control.bind(engine), engine.report.bind(engine)];
  engine.control = (kind, payload) => {
    const at = now();
    obey(kind, payload);
    if (kind !== 'deploy') return;
    const read = JSON.parse(payload) as { job_name: string; instance_number: number };
    happened('ordered', read.job_name, read.instance_number, at);
  };
  const shown = new Set<string>();
  engine.report = () => {
    const at = now();
    report();
    for (const key of engine.running) {
      if (shown.has(key)) continue;
      shown.add(key);
      const slash = key.lastIndexOf('/');
      happened('shown', key.slice(0, slash), Number(key.slice(slash + 1)), at);
    }
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
