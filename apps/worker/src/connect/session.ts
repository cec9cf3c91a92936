import {
  downTopicKinds,
  parseJsonObject,
  topicOf,
  type JsonObject,
  type UpTopicKind,
} from '@oakring/contracts';
import type { Ports, Timer } from '@oakring/ports';
import type { WorkerData } from '../config/worker-data.js';
import type { WorkerOptions } from '../config/worker-options.js';
import { parseControl } from '../controls/control-message.js';
import { Instances } from '../controls/instances.js';
import type { Runtime } from '../runtimes/runtime.port.js';
import type { WorkerLog } from '../worker-log.js';
import { BrokerLink } from './broker-link.js';
import { ManagerClock } from './manager-clock.js';
import { registrationOf, stateOf } from './reports.js';
import { Telemetry } from './telemetry.js';

const repeatRegistrationMs = { first: 1_000, most: 30_000 };
const defaultPeriodMs = 2_000;
/** Periods out of these bounds are not believed. */
const periodBoundsMs = { least: 100, most: 60_000 };

/**
 * What is said between this worker and the manager.
 *
 * down → (link up) announcing: the registration and "online", repeated with back-off until answered
 * → registered: readings every period, state on request and on change → (link lost) down.
 * A refused registration goes on being repeated, slowly: the reason may pass. Orders are obeyed
 * whenever they come: what was decided before an outage is still wanted.
 */
export class Session {
  private refusal: string | null = null;
  private readonly link: BrokerLink;
  private readonly instances: Instances;
  private readonly clock: ManagerClock;
  private readonly telemetry: Telemetry;
  private registered = false;
  private highestEpoch = 0;
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
    const { id, mqttUrl: url, username, password } = options;
    this.clock = new ManagerClock(ports.clock);
    this.instances = new Instances(
      runtimes,
      ports.clock,
      (ack) => this.say('acks', { ...ack, incarnation: this.data.incarnation }),
      () => this.reportState(undefined),
    );
    this.telemetry = new Telemetry(options, data.incarnation, runtimes, this.instances);
    // One of its own for each start: another machine that claims our id must not cut us off.
    const clientId = `${id}-${data.incarnation}-${ports.ids.next().slice(-8)}`;
    const subscriptions = downTopicKinds.map((kind) => topicOf(id, kind));
    const will = { topic: topicOf(id, 'status'), payload: this.status('offline') };
    this.link = new BrokerLink({ url, username, password, clientId, subscriptions, will }, ports, {
      up: () => this.begin(),
      down: (reason) => this.pause(reason),
      message: (topic, payload, retained) => this.receive(topic, payload, retained),
    });
  }

  /** Code of the refusal when the manager does not accept us; null otherwise. */
  get refusedBecause(): string | null {
    return this.refusal;
  }

  async start(): Promise<void> {
    await this.instances.adopt();
    this.link.start();
  }

  async stop(): Promise<void> {
    this.announcement?.cancel();
    this.readings?.cancel();
    await this.link.stop(topicOf(this.options.id, 'status'), this.status('offline'));
    await this.instances.close();
  }

  private begin(): void {
    this.log('connected', `connected to ${this.options.mqttUrl}`);
    const topic = topicOf(this.options.id, 'status');
    // Registered first: "online" of a node that nobody knows would be refused.
    this.announce(1);
    this.link.publish(topic, this.status('online'), { qos: 1, retain: true });
  }

  private pause(reason: string): void {
    this.log('disconnected', `no connection to ${this.options.mqttUrl}: ${reason}; trying on`);
    this.registered = false;
    this.announcement?.cancel();
    this.readings?.cancel();
  }

  private status(status: 'online' | 'offline'): object {
    return { status, incarnation: this.data.incarnation };
  }

  private say(kind: UpTopicKind, payload: object, qos: 0 | 1 = 1): void {
    this.link.publish(topicOf(this.options.id, kind), payload, { qos });
  }

  private announce(attempt: number): void {
    this.announcement?.cancel();
    const { incarnation, token } = this.data;
    this.say('registration', registrationOf(this.options, incarnation, token));
    const { first, most } = repeatRegistrationMs;
    const ceilingMs = Math.min(most, first * 2 ** Math.min(attempt - 1, 10));
    const delayMs = ceilingMs / 2 + this.ports.randomness.integer(ceilingMs / 2);
    this.announcement = this.ports.timers.after(delayMs, () => this.announce(attempt + 1));
  }

  private receive(topic: string, payload: Uint8Array, retained: boolean): void {
    try {
      const kind = topic.slice(topic.lastIndexOf('/') + 1);
      // An order that a broker kept is of some other time.
      if (retained) this.log('ignored', `${topic}: the message was retained`);
      else if (kind === 'controls') this.receiveControl(payload);
      else if (kind === 'registered' || kind === 'requests') this.receiveAnswer(kind, payload);
    } catch (error) {
      // No message may end the worker, whatever it makes our code do.
      this.log('ignored', `${topic}: ${String(error)}`);
    }
  }

  private receiveAnswer(kind: 'registered' | 'requests', payload: Uint8Array): void {
    const parsed = parseJsonObject(payload);
    if (!parsed.ok) return this.log('ignored', `${kind}: ${parsed.refusal.detail}`);
    const { epoch, at, requestId } = parsed.value;
    if (!this.isCurrent(epoch)) {
      return this.log('ignored', `${kind} of epoch ${String(epoch)}, below ${this.highestEpoch}`);
    }
    this.clock.learn(at);
    if (kind === 'registered') this.receiveRegistered(parsed.value);
    else this.reportState(requestId);
  }

  private receiveRegistered(answer: JsonObject): void {
    const { accepted, incarnation, token, periodMs } = answer;
    if (accepted !== true) return this.receiveRefusal(answer);
    // The topic is shared with whoever else claims our id: an answer to another start is not ours.
    if (typeof incarnation === 'number' && incarnation !== this.data.incarnation) {
      return this.log('ignored', `registered: the answer is to start ${incarnation}`);
    }
    this.refusal = null;
    this.announcement?.cancel();
    if (typeof token === 'string') {
      this.data
        .keepToken(token)
        .catch((error: unknown) => this.log('ignored', `the token was not kept: ${String(error)}`));
    }
    const isNewPeriod = this.believePeriod(periodMs);
    if (!this.registered) {
      this.registered = true;
      this.log('registered', `registered as ${this.options.id}, start ${this.data.incarnation}`);
      this.reportState(undefined);
    } else if (!isNewPeriod) return;
    this.readings?.cancel();
    this.readings = this.ports.timers.every(this.periodMs, () => this.reportReading());
    this.reportReading();
  }

  private receiveRefusal({ code, detail }: JsonObject): void {
    const why = `${String(code)}: ${String(detail)}`;
    // Somebody else is told that the id is ours.
    if (this.registered && code !== 'incarnation-stale') {
      return this.log('ignored', `another machine asked to be ${this.options.id}; ${why}`);
    }
    this.refusal = String(code);
    this.log('refused', `NOT REGISTERED as ${this.options.id}, trying on; ${why}`);
  }

  private believePeriod(periodMs: unknown): boolean {
    const { least, most } = periodBoundsMs;
    if (typeof periodMs !== 'number' || !(periodMs >= least && periodMs <= most)) return false;
    const isNew = periodMs !== this.periodMs;
    this.periodMs = periodMs;
    return isNew;
  }

  private receiveControl(payload: Uint8Array): void {
    const parsed = parseControl(payload);
    if (!parsed.ok) return this.log('ignored', `an order: ${parsed.refusal.detail}`);
    const control = parsed.value;
    const what = `${control.command} ${control.job.id}/${control.instance}`;
    if (!this.isCurrent(control.epoch)) {
      return this.log('ignored', `${what} of epoch ${control.epoch}, below ${this.highestEpoch}`);
    }
    if (this.clock.hasPassed(control.expiresAt)) {
      return this.log('ignored', `${what}: it expired at ${control.expiresAt}`);
    }
    this.log('order', `${what} (generation ${control.generation}, attempt ${control.attempt})`);
    this.instances
      .obey(control)
      .catch((error: unknown) => this.log('ignored', `${what} failed: ${String(error)}`));
  }

  /** False for a message of a leadership that was followed by another; raises the highest seen. */
  private isCurrent(epoch: unknown): boolean {
    if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch)) return true;
    if (epoch < this.highestEpoch) return false;
    this.highestEpoch = epoch;
    return true;
  }

  private reportState(requestId: unknown): void {
    this.say('state', stateOf(this.data.incarnation, requestId, this.instances.list()));
  }

  private reportReading(): void {
    this.say('information', this.telemetry.take(), 0);
  }
}
