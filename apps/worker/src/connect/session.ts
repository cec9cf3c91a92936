import { stateHash, type Registered, type WorkerStatus } from '@oakring/contracts';
import {
  decodeDown,
  downKinds,
  encodeUp,
  maxMqttPayloadBytes,
  nativeDown,
  nativeUp,
  topicOf,
  type DownHeard,
  type DownKind,
  type Heard,
  type Spoken,
  type UpKind,
  type UpSaid,
} from '@oakring/contracts/native';
import type { Ports } from '@oakring/ports';
import type { WorkerOptions } from '../config/worker-options.js';
import type { KnownInstance } from '../controls/decide-control.js';
import { Instances, type News } from '../controls/instances.js';
import { HistoryDelivery } from '../history/history-delivery.js';
import { Leases } from '../lease/leases.js';
import type { WorkerStore } from '../memory/worker-store.port.js';
import { boundless, type Room } from '../memory/disk-room.js';
import type { Runtime } from '../runtimes/runtime.port.js';
import type { WorkerLog } from '../worker-log.js';
import { endSuperseded } from './end-superseded.js';
import { HighestEpoch } from './highest-epoch.js';
import { ManagerClock } from './manager-clock.js';
import { measuredSession, type MeasuredSession } from './measured-session.js';
import { ReadingPace } from './reading-pace.js';
import { OrderCounts } from './order-counts.js';
import { OrderIntake } from './order-intake.js';
import { Registering } from './registering.js';
import { Execs } from '../streams/exec-stream.js';
import { WorkerStreams } from '../streams/worker-streams.js';
import { featuresOf, statesOf, type StateHead } from './reports.js';
import { SaidOnce } from './said-once.js';
import { StateNews } from './state-news.js';
import { Telemetry } from './telemetry.js';
import type { Farewell, LinkFactory, WorkerLink } from './worker-link.js';

export interface SessionParts {
  readonly options: WorkerOptions;
  readonly store: WorkerStore;
  readonly runtimes: readonly Runtime[];
  readonly link: LinkFactory;
  readonly ports: Ports;
  readonly log: WorkerLog;
  /** Of the disk: without it there is room. */
  readonly room?: Room;
  /** What it is known by at the broker, for a person. */
  readonly credential?: () => string;
  /** Start number `by` of the id has taken its place: this one has stopped what it ran. */
  readonly superseded?: (by: number) => void;
}

/** Of a worker that does not join. */
const sharedCredential = 'what its settings say (OAKRING_MQTT_USERNAME), or none';

/**
 * What is said between this worker and the manager.
 *
 * down → (link up) announcing: the registration and "online", repeated until answered → registered:
 * readings every period, state on request and on change → (link lost) down. Orders are obeyed whenever
 * they come. What happens while nobody listens is kept and handed in; instances wait for no link.
 */
export class Session {
  private superseding: Promise<void> | null = null;
  private readonly link: WorkerLink;
  private readonly instances: Instances;
  private readonly clock: ManagerClock;
  private readonly telemetry: Telemetry;
  private readonly leases: Leases;
  private readonly history: HistoryDelivery;
  private readonly registering: Registering;
  private readonly pace: ReadingPace;
  private readonly stateNews: StateNews;
  private readonly epochs: HighestEpoch;
  private readonly orders: OrderIntake;
  private readonly streams: WorkerStreams;
  private readonly options: WorkerOptions;
  private readonly data: WorkerStore;
  private readonly log: WorkerLog;
  private readonly room: Room;
  private wasFull = false;
  private readonly credential: () => string;
  private readonly orderCounts: OrderCounts;
  private isLinked = false;
  private readonly saidLines = new SaidOnce();
  /** What is done about each message: without one of them it does not compile. */
  private readonly hearing: { readonly [K in DownKind]: (heard: DownHeard[K]) => void } = {
    controls: (control) => this.orders.take(control),
    leases: (grant) => this.receiveGrant(grant),
    accepted: (upTo) => this.receiveAccepted(upTo),
    registered: (answer) => this.receiveRegistered(answer),
    requests: (request) => this.receiveRequest(request),
    calls: (call) => {
      if (this.isCurrent('calls', call)) this.streams.take(call);
    },
  };

  constructor(parts: SessionParts) {
    const { options, store, runtimes, link, ports, log, room, superseded } = parts;
    this.credential = parts.credential ?? (() => sharedCredential);
    this.options = options;
    this.data = store;
    this.log = log;
    this.room = room ?? boundless;
    this.orderCounts = new OrderCounts(() => ports.clock.wallMs());
    this.clock = new ManagerClock(ports.clock);
    this.epochs = new HighestEpoch(store, store.remembered.ledger);
    this.leases = new Leases(ports.clock);
    this.history = new HistoryDelivery(store, ports, {
      say: (entries) => this.say('history', entries),
      mostBytes: () => this.link.mostBytes ?? maxMqttPayloadBytes,
    });
    const startId = ports.ids.next();
    this.registering = new Registering({
      options,
      store,
      ports,
      log,
      clock: this.clock,
      startId,
      enforcesStop: runtimes.every((runtime) => runtime.enforcesStop),
      registries: runtimes.flatMap(({ registryNames = [] }) => registryNames),
      features: featuresOf(runtimes, options),
      say: (registration) => this.say('registration', registration),
      accepted: (periodMs, isFirst) => this.accepted(periodMs, isFirst),
      // Another connection: its last will names the start as well.
      renumbered: () => this.link.reconnect(),
      superseded: (by) => this.giveWay(() => superseded?.(by)),
    });
    this.pace = new ReadingPace(ports.timers, () => this.reportReading());
    this.stateNews = new StateNews(ports.timers, () =>
      this.reportState({}, this.saidLines.without(this.instances.list())),
    );
    this.instances = new Instances({
      node: options.id,
      runtimes,
      ports,
      leases: this.leases,
      before: store.remembered,
      keep: () => this.keep(),
      acknowledge: (ack) => {
        this.orderCounts.answered(ack);
        this.say('acks', { ...ack, at: this.clock.now(), ...this.epochs.spoken });
      },
      news: (kind, instance) => this.tell(kind, instance),
      needsGrant: () => this.reportReading(),
      refuses: () => this.room.problem,
      allowed: options,
    });
    const askAgain = (): void => this.registering.askAgain();
    const { instances, epochs, clock, orderCounts } = this;
    this.orders = new OrderIntake(instances, epochs, clock, askAgain, log, orderCounts);
    this.streams = new WorkerStreams({
      ...{ ports, runtimes },
      execs: new Execs(options.exec === true, (address) => instances.toldOf(address)),
      incarnation: () => store.incarnation,
      highestEpoch: () => epochs.highest,
      say: (said) => this.say('streams', said),
      mostBytes: () => this.link.mostBytes ?? maxMqttPayloadBytes,
    });
    this.telemetry = new Telemetry(options, store, runtimes, this.instances);
    // One for each start: another machine that claims our id must not cut us off.
    const clientId = `${options.id}-${store.incarnation}-${startId.slice(-8)}`;
    const subscriptions = downKinds.map((kind) => topicOf(options.id, kind));
    const will = () => this.farewell(this.status('offline'));
    this.link = link(
      { clientId, subscriptions, will },
      {
        up: () => this.begin(),
        down: (reason) => this.pause(reason),
        message: (topic, payload, retained) => this.receive(topic, payload, retained),
      },
    );
  }

  /** Another start has our id: what runs here is ended, and said so, once. */
  private giveWay(then: () => void): void {
    const { registering, instances, link } = this;
    const farewell = { ...this.status('offline'), superseded: true };
    this.superseding ??= endSuperseded({
      registering,
      instances,
      link,
      keep: () => this.keep(),
      fallSilent: () => this.fallSilent(),
      farewell: () => this.say('status', farewell),
    }).then(then);
  }

  /** Code of the refusal when the manager does not accept us; null otherwise. */
  get refusedBecause(): string | null {
    return this.registering.refusedBecause;
  }

  /** What is measured of it, and shown, as it is whenever it is read. */
  get measured(): MeasuredSession {
    const { options, data, instances, orderCounts, telemetry } = this;
    const { history, registering, epochs, leases, room } = this;
    const parts = { options, data, instances, orderCounts, telemetry };
    const more = { history, registering, epochs, leases, room };
    const { credential } = this;
    return measuredSession({ ...parts, ...more, credential }, () => this.isLinked);
  }

  async start(): Promise<void> {
    if (this.data.remembered.instances.length > 0) {
      this.history.add({ at: this.clock.now(), kind: 'worker-started' });
    }
    await this.instances.adopt(this.data.yields);
    this.link.start();
  }

  async stop(): Promise<void> {
    if (this.superseding !== null) return this.superseding;
    this.streams.endAll('The worker stops.');
    this.fallSilent();
    const left = await this.instances.close(this.options.endAtStop);
    this.reportState({ final: true }, left);
    await this.link.stop(this.farewell({ ...this.status('offline'), stopped: true }));
    // An answer that came meanwhile may have begun something anew; a write may be under way.
    this.fallSilent();
    await this.keep();
  }

  private begin(): void {
    this.log('connected', `connected to ${this.options.mqttUrl}`);
    this.isLinked = true;
    this.clock.connected();
    // Registered first: "online" of a node that nobody knows would be refused.
    this.registering.start();
    const { topic, payload } = this.farewell(this.status('online'));
    this.link.publish(topic, payload, { qos: 1, retain: true });
  }

  private pause(reason: string): void {
    this.log('disconnected', `no connection to ${this.options.mqttUrl}: ${reason}; trying on`);
    this.isLinked = false;
    this.registering.linkLost();
    this.streams.endAll('The connection to the broker is lost.');
    this.fallSilent();
  }

  private fallSilent(): void {
    for (const speaking of [this.registering, this.pace, this.history, this.stateNews])
      speaking.stop();
  }

  private keep(): Promise<void> {
    const take = () => ({
      ...this.instances.table.snapshot(),
      history: this.history.snapshot(),
      ledger: this.epochs.ledger,
    });
    return this.data.remember(take).catch((error: unknown) => {
      this.log('ignored', `what is wanted here could not be written down: ${String(error)}`);
    });
  }

  /** An instance changed without an order: told once it is durable, or read later. */
  private tell(kind: Parameters<News>[0], known: KnownInstance): void {
    if (!this.registering.isRegistered) this.history.addOf(kind, known, this.clock.now());
    else if (kind === 'started') return;
    void this.keep().then(() => {
      if (kind !== 'started') this.stateNews.changed();
    });
  }

  private status(status: 'online' | 'offline'): WorkerStatus {
    return { status, incarnation: this.data.incarnation };
  }

  /** What the broker keeps, or says for us. */
  private farewell(status: WorkerStatus): Farewell {
    return { topic: topicOf(this.options.id, 'status'), payload: encodeUp('status', status) };
  }

  private say<K extends UpKind>(kind: K, said: UpSaid[K]): void {
    const { qos } = nativeUp[kind];
    this.link.publish(topicOf(this.options.id, kind), encodeUp(kind, said), { qos });
  }

  private receive(topic: string, payload: Uint8Array, retained: boolean): void {
    try {
      const kind = topic.slice(topic.lastIndexOf('/') + 1);
      // An order that a broker kept is of some other time.
      if (retained) this.log('ignored', `${topic}: the message was retained`);
      // While another machine has our id, all else on its topics is meant for that one.
      else if (this.refusedBecause !== null && kind !== 'registered') return;
      else if (isDownKind(kind)) this.hear(kind, payload);
    } catch (error) {
      // No message may end the worker, whatever it makes our code do.
      this.log('ignored', `${topic}: ${String(error)}`);
    }
  }

  private hear<K extends DownKind>(kind: K, payload: Uint8Array): void {
    const parsed = decodeDown(kind, payload);
    if (parsed.ok) this.hearing[kind](parsed.value);
    else this.log('ignored', `${kind}: ${parsed.refusal.detail}`);
  }

  private receiveGrant(grant: DownHeard['leases']): void {
    if (!this.epochs.isCurrent(grant)) return;
    const { incarnation, sequence } = grant;
    if (incarnation === this.data.incarnation && sequence !== null) this.leases.grant(sequence);
  }

  private receiveAccepted(accepted: DownHeard['accepted']): void {
    if (!this.epochs.isCurrent(accepted)) return;
    if (accepted.upTo !== null) this.history.accepted(accepted.upTo);
    void this.keep();
  }

  private receiveRegistered(answer: DownHeard['registered']): void {
    this.follow(answer);
    if (!this.isCurrent('registered', answer)) return;
    this.clock.heard(answer.at);
    this.registering.take(answer);
  }

  private receiveRequest(request: DownHeard['requests']): void {
    if (!this.isCurrent('requests', request)) return;
    this.clock.heard(request.at);
    const { hash, requestId } = request;
    const answered = requestId === null ? {} : { requestId };
    if (hash !== null && hash === stateHash(this.instances.list(), this.wasFull)) {
      this.say('state', { ...this.epochs.spoken, ...answered, hash });
    } else this.reportState(answered);
  }

  private isCurrent(kind: DownKind, said: Heard<Spoken>): boolean {
    if (this.epochs.isCurrent(said)) return true;
    // Of a manager that was replaced; or that began anew, and has not answered us yet.
    if (this.epochs.isOther(said.ledger)) this.registering.askAgain();
    this.log('ignored', this.epochs.complaint(kind, said));
    return false;
  }

  /** Generations begin again where the manager that accepts us leads another ledger than the last one. */
  private follow(answer: Heard<Registered>): void {
    if (!this.epochs.follow(answer)) return;
    this.instances.table.beganAnew();
    this.log('registered', `another ledger is followed than before: ${this.epochs.ledger}`);
    void this.keep();
  }

  private accepted(periodMs: number | null, isFirst: boolean): void {
    if (isFirst) {
      this.reportState();
      this.history.deliver();
    }
    this.pace.start(periodMs, isFirst);
  }

  private reportState(more: Partial<StateHead> = {}, known = this.instances.list()): void {
    const { full } = this.room;
    this.wasFull = full !== null;
    const about = { ...more, ...(full === null ? {} : { diskFull: full }) };
    const head = { ...this.epochs.spoken, at: this.clock.now(), ...about };
    for (const state of statesOf(head, known, this.link.mostBytes)) this.say('state', state);
    this.saidLines.note(known);
  }

  private reportReading(): void {
    if (!this.registering.isRegistered) return;
    if (this.clock.isInDoubt) this.registering.askAgain();
    // It fills and empties without anybody's order: a reading is when it is looked at.
    if ((this.room.full !== null) !== this.wasFull) this.stateNews.changed();
    const { sequence, said } = this.telemetry.take(this.link.mostBytes);
    this.leases.noteSent(sequence);
    this.say('information', said);
  }
}

function isDownKind(kind: string): kind is DownKind {
  return Object.hasOwn(nativeDown, kind);
}
