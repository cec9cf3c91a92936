import {
  downTopicKinds,
  parseJsonObject,
  topicOf,
  type JsonObject,
  type Resources,
  type UpTopicKind,
} from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import type { WorkerData } from '../config/worker-data.js';
import { machineCapacity, type WorkerOptions } from '../config/worker-options.js';
import { parseControl } from '../controls/control-message.js';
import { Instances } from '../controls/instances.js';
import type { Runtime } from '../runtimes/runtime.port.js';
import type { WorkerLog } from '../worker-log.js';
import { BrokerLink } from './broker-link.js';
import { ManagerClock } from './manager-clock.js';
import { MachineUsage, percent } from './usage.js';

const repeatRegistrationMs = { first: 1_000, most: 30_000 };
const defaultPeriodMs = 2_000;
/** A period below this is not believed. */
const shortestPeriodMs = 100;

/**
 * What is said between this worker and the manager.
 *
 * down → (link up) announcing: "online" and the registration, repeated with back-off until answered
 * → registered: readings every period, state on request and on change, orders obeyed
 * → (link lost) down. A refused registration is repeated too, slowly: the reason may pass.
 */
export class Session {
  /** Code of the refusal when the manager does not accept us; null otherwise. */
  refusedBecause: string | null = null;
  private readonly link: BrokerLink;
  private readonly instances: Instances;
  private readonly clock: ManagerClock;
  private readonly usage = new MachineUsage();
  private registered = false;
  private highestEpoch = 0;
  private sequence = 0;
  private periodMs = defaultPeriodMs;
  private announcement: Timer | null = null;
  private readings: Timer | null = null;

  constructor(
    private readonly options: WorkerOptions,
    private readonly data: WorkerData,
    runtimes: readonly Runtime[],
    private readonly ports: Ports,
    private readonly log: WorkerLog,
  ) {
    this.clock = new ManagerClock(ports.clock);
    this.instances = new Instances(
      runtimes,
      (ack) => this.say('acks', { ...ack, incarnation: this.data.incarnation }),
      () => this.reportState(null),
    );
    this.link = new BrokerLink(
      {
        url: options.mqttUrl,
        username: options.username,
        password: options.password,
        clientId: `${options.id}-worker`,
        subscriptions: downTopicKinds.map((kind) => topicOf(options.id, kind)),
        will: {
          topic: topicOf(options.id, 'status'),
          payload: JSON.stringify(this.status('offline')),
        },
      },
      ports,
    );
  }

  async start(): Promise<void> {
    await this.instances.adopt();
    this.link.onUp(() => {
      this.log('connected', `connected to ${this.options.mqttUrl}`);
      this.link.publish(topicOf(this.options.id, 'status'), this.status('online'), {
        qos: 1,
        retain: true,
      });
      this.announce(1);
    });
    this.link.onDown((reason) => {
      this.log('disconnected', `no connection to ${this.options.mqttUrl}: ${reason}; trying on`);
      this.registered = false;
      this.announcement?.cancel();
      this.readings?.cancel();
    });
    this.link.onMessage((topic, payload) => this.receive(topic, payload));
    this.link.start();
  }

  async stop(): Promise<void> {
    this.announcement?.cancel();
    this.readings?.cancel();
    await this.link.stop({
      topic: topicOf(this.options.id, 'status'),
      payload: this.status('offline'),
    });
    await this.instances.close();
  }

  private status(status: 'online' | 'offline'): object {
    return { status, incarnation: this.data.incarnation };
  }

  private say(kind: UpTopicKind, payload: object, qos: 0 | 1 = 1): void {
    this.link.publish(topicOf(this.options.id, kind), payload, { qos });
  }

  private announce(attempt: number): void {
    this.announcement?.cancel();
    this.say('registration', this.registration());
    const ceiling = Math.min(
      repeatRegistrationMs.most,
      repeatRegistrationMs.first * 2 ** Math.min(attempt, 10),
    );
    const delayMs = ceiling / 2 + this.ports.randomness.integer(ceiling / 2);
    this.announcement = this.ports.timers.after(delayMs, () => this.announce(attempt + 1));
  }

  private registration(): object {
    const { id, name, ip, port, labels, runtimes } = this.options;
    const { token } = this.data;
    return {
      id,
      name,
      ip,
      port,
      incarnation: this.data.incarnation,
      capacity: this.capacity(),
      labels,
      technologies: runtimes,
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      acknowledges: true,
      ...(token === null ? {} : { token }),
    };
  }

  private capacity(): Resources {
    return this.options.capacity ?? machineCapacity();
  }

  private receive(topic: string, payload: Buffer): void {
    const kind = topic.slice(topic.lastIndexOf('/') + 1);
    if (kind === 'controls') return this.receiveControl(payload);
    const parsed = parseJsonObject(payload);
    if (!parsed.ok) return this.log('ignored', `${topic}: ${parsed.refusal.detail}`);
    this.clock.learn(parsed.value['at']);
    if (kind === 'registered') this.receiveRegistered(parsed.value);
    if (kind === 'requests') this.reportState(parsed.value['requestId'] ?? null);
  }

  private receiveRegistered(answer: JsonObject): void {
    if (answer['accepted'] !== true) {
      this.refusedBecause = String(answer['code']);
      this.log('refused', `registration refused: ${String(answer['detail'])}`);
      return;
    }
    this.refusedBecause = null;
    this.announcement?.cancel();
    this.raiseEpoch(answer['epoch']);
    const { token, periodMs } = answer;
    if (typeof token === 'string') {
      this.data
        .keepToken(token)
        .catch((error: unknown) => this.log('ignored', `the token was not kept: ${String(error)}`));
    }
    if (typeof periodMs === 'number' && periodMs >= shortestPeriodMs) this.periodMs = periodMs;
    if (this.registered) return;
    this.registered = true;
    this.log('registered', `registered as ${this.options.id}, start ${this.data.incarnation}`);
    this.reportState(null);
    this.readings?.cancel();
    this.readings = this.ports.timers.every(this.periodMs, () => this.reportReading());
    this.reportReading();
  }

  private receiveControl(payload: Buffer): void {
    const parsed = parseControl(payload);
    if (!parsed.ok) return this.log('ignored', `an order: ${parsed.refusal.detail}`);
    const control = parsed.value;
    const what = `${control.command} ${control.job.id}/${control.instance}`;
    if (control.epoch < this.highestEpoch) {
      return this.log('ignored', `${what} of epoch ${control.epoch}, below ${this.highestEpoch}`);
    }
    this.raiseEpoch(control.epoch);
    if (this.clock.hasPassed(control.expiresAt)) {
      return this.log('ignored', `${what}: it expired at ${control.expiresAt}`);
    }
    this.log('order', `${what} (generation ${control.generation}, attempt ${control.attempt})`);
    this.instances
      .obey(control)
      .catch((error: unknown) => this.log('ignored', `${what} failed: ${String(error)}`));
  }

  private raiseEpoch(epoch: unknown): void {
    if (typeof epoch === 'number') this.highestEpoch = Math.max(this.highestEpoch, epoch);
  }

  private reportState(requestId: unknown): void {
    this.say('state', {
      incarnation: this.data.incarnation,
      ...(requestId === null ? {} : { requestId }),
      instances: this.instances.list().map((known) => ({
        job: known.job,
        instance: known.instance,
        generation: known.generation,
        status: known.status,
        ...(known.reason === null ? {} : { reason: known.reason }),
      })),
    });
  }

  private reportReading(): void {
    const capacity = this.capacity();
    const used = this.instances.used();
    const { cpu, memory } =
      used === null
        ? this.usage.read()
        : {
            cpu: percent(used.cpuMillis, capacity.cpuMillis),
            memory: percent(used.memoryMiB, capacity.memoryMiB),
          };
    this.sequence += 1;
    const reading = {
      cpu,
      memory,
      incarnation: this.data.incarnation,
      sequence: this.sequence,
      instances: this.instances
        .list()
        .filter(({ status }) => status === 'running')
        .map((known) => {
          const own = this.instances.usedBy(known);
          return {
            job: known.job,
            instance: known.instance,
            generation: known.generation,
            cpu: percent(own.cpuMillis, capacity.cpuMillis),
            memory: percent(own.memoryMiB, capacity.memoryMiB),
          };
        }),
    };
    this.say('information', reading, 0);
  }
}
