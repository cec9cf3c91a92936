// What becomes of the services of Oakestra's workers when something breaks, in true time, on a Mosquitto:
// workers that are cut off, told to end and killed, a broker that is away for 40 s, and a manager that is
// killed at each step of a deploy. Five minutes.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from '../infra/machine/free-port.js';
import { StandInWorker } from '../infra/oakestra/worker.js';
import type { Figures } from './figures.js';
import { events, jobAt, now, pause, until } from './manager-http.js';
import { orderInstance, serviceId, serviceName } from './oakestra-http.js';
import { addressesOf, hostName } from './oakestra-machine.js';
import { startUp, temporaryFolder, type Up } from './processes.js';

const pairs = 30;
const periodMs = 2_000;
/** Long enough for a manager to be killed meanwhile. */
const pullMs = 1_000;
const outageMs = 40_000;
const watchedMs = 100_000;
/** Until whoever was cut off for longest is back, and what was placed elsewhere meanwhile is settled. */
const settledMs = 60_000;
const cutForMs = [5_000, 10_000, 40_000];
/** Number of the service that the manager is killed with first. */
const firstOfSteps = 100;

type Step = 'accepted' | 'planned' | 'ordered' | 'created' | 'running';
const steps: readonly Step[] = ['accepted', 'planned', 'ordered', 'created', 'running'];

interface Obeyed {
  readonly order: string;
  readonly worker: number;
  readonly at: number;
}

export async function benchOakestraTrouble(): Promise<Figures> {
  const field = await Field.begin();
  if (field === null) return { 'not measured': 'mosquitto is not here' };
  const figures = { ...(await troubleOfWorkers(field)), ...(await brokerAway(field)) };
  const killed = await managerKilled(field);
  const { needless, harmed } = field;
  await field.end();
  return {
    ...{ ...figures, ...killed },
    'orders that nobody gives who knows what is there (goal 0)': needless.join(', ') || 0,
    'workers harmed, or that dropped an order (goal 0)': harmed,
  };
}

/** Three cut off for a while, one told to end and one killed: less than what is taken for our own blindness. */
async function troubleOfWorkers(field: Field): Promise<Figures> {
  const victims = [...Array(cutForMs.length + 2).keys()];
  const before = victims.map((number) => field.holdersOf(number)[0] ?? -1);
  const at = now();
  const forMs = [...cutForMs];
  for (const number of before.slice(0, forMs.length))
    field.workers[number]?.cut(forMs.shift() ?? 0);
  const [told, killed] = before.slice(cutForMs.length);
  await field.workers[told ?? -1]?.terminate();
  field.workers[killed ?? -1]?.kill();
  await pause(Math.max(...cutForMs) + settledMs);
  const elsewhere = victims.map((number) => {
    const moved = field.obeyed.find(
      (each) => each.at > at && each.worker !== before[number] && each.order === deployOf(number),
    );
    return moved === undefined ? 'never' : `${((moved.at - at) / 1_000).toFixed(1)} s`;
  });
  const copies = victims.map((number) => field.holdersOf(number).length);
  return {
    'cut off for 5 / 10 / 40 s: ordered elsewhere after (20 s is the patience)': elsewhere
      .slice(0, cutForMs.length)
      .join(' / '),
    'told to end / killed: ordered elsewhere after': elsewhere.slice(cutForMs.length).join(' / '),
    'copies of each of these five in the end (goal 1)': copies.join(' '),
  };
}

/** Everybody is cut off at once, and nobody has died. */
async function brokerAway(field: Field): Promise<Figures> {
  const homes = field.homes();
  const orders = field.obeyed.length;
  const lost = (await events(field.up.url, 'InstanceLost')).length;
  await field.stopBroker();
  await pause(outageMs);
  const at = now();
  await field.startBroker();
  await until(async () => field.alive.every(({ isConnected }) => isConnected), 2 * outageMs);
  const backAfter = (now() - at) / 1_000;
  await pause(watchedMs - (now() - at));
  const since = (await events(field.up.url, 'InstanceLost')).length - lost;
  return {
    'broker away for 40 s: the last worker is back after s': backAfter.toFixed(1),
    [`services lost / orders / moved in it and in ${watchedMs / 1_000} s after it (goal 0)`]: [
      since,
      field.obeyed.length - orders,
      field.homes() === homes ? 0 : 'some',
    ].join(' / '),
  };
}

/** A service each, of which the manager is killed at that step. */
async function managerKilled(field: Field): Promise<Figures> {
  const found: string[] = [];
  const tookS: number[] = [];
  for (const [index, step] of steps.entries()) {
    const number = firstOfSteps + index;
    const met = field.meeting(step, number);
    await orderInstance(field.up.url, number, 0);
    await met;
    await field.restartManager();
    const from = now();
    await until(async () => (await statusOf(field.up.url, number)) === 'running confirmed', 60_000);
    tookS.push((now() - from) / 1_000);
    found.push(`${step} ${field.startsOf(number)} of ${field.holdersOf(number).length}`);
  }
  return {
    'manager killed at a step of a deploy: orders of how many copies (goal 1 of 1)':
      found.join(', '),
    'and it runs, confirmed, so long after the next start, at most s': Math.max(...tookS).toFixed(
      1,
    ),
  };
}

/** Workers around a Mosquitto and a manager, each of which can break. */
class Field {
  readonly workers: StandInWorker[] = [];
  readonly obeyed: Obeyed[] = [];
  private broker: ChildProcess | null = null;
  private current: Up | null = null;
  private readonly data = temporaryFolder();

  private constructor(private readonly port: number) {}

  static async begin(): Promise<Field | null> {
    const field = new Field(await freePort());
    if (!(await field.startBroker())) return null;
    await field.startManager();
    for (let number = 0; number < 2 * pairs; number += 1) await field.startWorker(number);
    for (let number = 0; number < pairs; number += 1) {
      const machines = [2 * number, 2 * number + 1].map(hostName).join(';');
      await orderInstance(field.up.url, number, 0, machines);
    }
    const all = [...Array(pairs).keys()];
    const isRunning = (number: number) => statusOf(field.up.url, number);
    await until(
      async () => (await Promise.all(all.map(isRunning))).every((is) => is === 'running confirmed'),
      60_000,
    );
    return field;
  }

  get up(): Up {
    if (this.current === null) throw new Error('no manager was started');
    return this.current;
  }

  get alive(): readonly StandInWorker[] {
    return this.workers.filter(({ isAlive }) => isAlive);
  }

  get needless(): readonly string[] {
    return this.workers.flatMap(({ engine }) => engine.needless);
  }

  get harmed(): number {
    return this.workers.filter(({ engine }) => engine.hasPanicked || engine.dropped > 0).length;
  }

  /** Numbers of the workers that run it. */
  holdersOf(number: number): number[] {
    const key = `${serviceName(number)}/0`;
    return [...this.workers.entries()].flatMap(([at, { isAlive, engine }]) =>
      isAlive && engine.running.includes(key) ? [at] : [],
    );
  }

  /** Orders to start it. */
  startsOf(number: number): number {
    return this.obeyed.filter(({ order }) => order === deployOf(number)).length;
  }

  /** What runs where. */
  homes(): string {
    return this.workers.map(({ engine }) => [...engine.running].sort().join()).join(';');
  }

  /** Resolves when a deploy of service `number` has come so far. */
  async meeting(step: Step, number: number): Promise<void> {
    switch (step) {
      case 'accepted':
        return;
      case 'planned':
        return this.toldOf('InstancesPlaced', number);
      case 'ordered':
        return until(async () => this.startsOf(number) > 0, 60_000);
      case 'created':
        return until(async () => this.holdersOf(number).length > 0, 60_000);
      case 'running':
        return this.toldOf('CommandSucceeded', number);
    }
  }

  async startBroker(): Promise<boolean> {
    this.broker = spawn('mosquitto', ['-p', String(this.port)], { stdio: 'ignore' });
    this.broker.once('error', () => {});
    for (let tries = 0; tries < 100; tries += 1) {
      if (await isOpen(this.port)) return true;
      await pause(50);
    }
    return false;
  }

  async stopBroker(): Promise<void> {
    const { broker } = this;
    broker?.kill('SIGKILL');
    if (broker !== null) await once(broker, 'exit');
  }

  async startManager(): Promise<void> {
    const env = { OAKRING_OAKESTRA: 'true', OAKRING_MQTT_URL: `mqtt://127.0.0.1:${this.port}` };
    this.current = await startUp(this.data.folder, env);
  }

  async restartManager(): Promise<void> {
    const { pid } = this.up;
    process.kill(pid, 'SIGKILL');
    await until(async () => !isThere(pid), 10_000);
    await this.startManager();
  }

  async end(): Promise<void> {
    for (const worker of this.workers) worker.kill();
    await this.up.stop();
    await this.stopBroker();
    this.data.remove();
  }

  private async toldOf(type: string, number: number): Promise<void> {
    const { body } = await fetch(`${this.up.url}/api/v1/events?type=${type}&follow=true`);
    let text = '';
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes(serviceId(number))) return;
    }
  }

  private async startWorker(number: number): Promise<void> {
    const worker = new StandInWorker({
      ...{ url: this.up.url, host: hostName(number), hostid: `machine-${number}` },
      ...{ ...addressesOf(number), periodMs, runtimes: ['docker'] },
      pullMs: () => pullMs,
    });
    const { engine } = worker;
    const obey = engine.control.bind(engine);
    engine.control = (kind, payload) => {
      const { orders } = engine;
      const count = orders.length;
      obey(kind, payload);
      const order = orders[count];
      if (order === undefined) return;
      this.obeyed.push({ order, worker: number, at: now() });
    };
    this.workers.push(worker);
    await worker.start();
    await pause(periodMs / (2 * pairs));
  }
}

function deployOf(number: number): string {
  return `deploy ${serviceName(number)}/0`;
}

async function statusOf(url: string, number: number): Promise<string> {
  const [instance] = (await jobAt(url, serviceId(number))).instances ?? [];
  return `${instance?.status}${instance?.confirmed === true ? ' confirmed' : ''}`;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
