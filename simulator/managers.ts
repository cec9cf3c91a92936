import { createPrivateKey } from 'node:crypto';
import { OakringError } from '@oakring/contracts';
import { signingKeyOf } from '@oakring/events';
import type { Outcome } from '../apps/manager/src/commands/outcome.js';
import type { Command, IdempotencyKey } from '../apps/manager/src/commands/command.js';
import type { CommandOrigin } from '../apps/manager/src/commands/origin.js';
import type { MoveRequest } from '../apps/manager/src/inbox/http/instance-moves.js';
import { Disk } from './disk.js';
import { SimulatedManager, type Ground, type Host } from './manager.js';
import { Life } from './world.js';

/** A process that was asked to end is ended after this long. */
const stopWithinMs = 5_000;
/** What PKCS #8 says of an Ed25519 key, before its 32 bytes. */
const keyPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The managers of a cluster: on a folder one, on a store at the end of lines any number of them. */
export class Managers {
  readonly hosts: readonly Host[];
  private readonly running = new Map<Host, SimulatedManager>();

  constructor(
    private readonly ground: Ground,
    count: number,
  ) {
    this.hosts = Array.from({ length: count }, (_, index) => hostOf(index, count === 1));
  }

  get all(): readonly SimulatedManager[] {
    return [...this.running.values()];
  }

  get leading(): SimulatedManager | null {
    return this.all.find(({ isLeading }) => isLeading) ?? null;
  }

  get failure(): string | null {
    for (const { failure, bug, host } of this.all) {
      if (failure !== null) return `${host.name} ended: ${String(failure)}`;
      if (bug !== null) return `a message could not be handled by ${host.name}: ${bug}`;
    }
    return null;
  }

  /** Whom a client reaches: any that runs; null: nobody. */
  get asked(): SimulatedManager | null {
    return this.ground.world.pick(this.all.filter(({ parts }) => parts !== null)) ?? null;
  }

  startAll(): Promise<void> {
    return Promise.all(this.hosts.map((host) => this.start(host))).then(() => {});
  }

  async start(host: Host): Promise<void> {
    if (this.running.has(host)) return;
    const manager = new SimulatedManager(this.ground, host);
    this.running.set(host, manager);
    await manager.start();
  }

  /** Its process dies: what was not durable yet is gone, or turns out to be durable. */
  kill(host: Host): void {
    const { world, store } = this.ground;
    const manager = this.running.get(host);
    if (manager === undefined) return;
    manager.kill();
    this.running.delete(host);
    host.disk.crash(world);
    if (host.route.isLocal) store.interrupt();
  }

  /** Its process is asked to end, and another one is started when it has. */
  replace(host: Host, afterMs: number): void {
    const { world } = this.ground;
    const manager = this.running.get(host);
    if (manager === undefined) return;
    const end = (): void => {
      if (this.running.get(host) !== manager) return;
      manager.kill();
      this.running.delete(host);
      world.schedule(everybody, afterMs, () => void this.start(host));
    };
    world.schedule(manager.life, stopWithinMs, end);
    void manager.stop().then(end, end);
  }

  freeze(host: Host, forMs: number): void {
    this.running.get(host)?.life.freeze(this.ground.world.nowMs + forMs);
  }

  /** As over HTTP: a follower passes on what only the leader can do. */
  async submit(
    asked: SimulatedManager,
    command: Command,
    origin: CommandOrigin,
    key: IdempotencyKey,
  ): Promise<Outcome<unknown>> {
    return this.leaderFor(asked).queue.submit(command, origin, key);
  }

  async move(asked: SimulatedManager, request: MoveRequest): Promise<unknown> {
    return this.leaderFor(asked).moves.move(request);
  }

  /** Calls on the way in that is open, at any manager that runs, or at this one. */
  async open(host: string | null): Promise<NonNullable<SimulatedManager['parts']>['open']> {
    const { asked } = this;
    const manager = host === null ? asked : this.all.find((each) => each.host.name === host);
    if (manager === undefined || manager === null) throw new Error('nobody is there');
    return this.leaderFor(manager).open;
  }

  private leaderFor(asked: SimulatedManager): NonNullable<SimulatedManager['parts']> {
    const status = asked.parts?.leadership.status;
    if (status?.leading === true && asked.parts !== null) return asked.parts;
    const leader = this.all.find(({ host }) => host.url === status?.leader);
    if (leader?.parts !== null && leader?.parts !== undefined) return leader.parts;
    throw new OakringError({ code: 'not-leading', detail: 'Nobody is known to lead.' });
  }
}

const everybody = new Life('everybody');

function hostOf(index: number, isLocal: boolean): Host {
  const name = `manager-${index + 1}`;
  const der = Buffer.concat([keyPrefix, Buffer.alloc(32, index + 1)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    ...{ name, url: `http://${name}`, clockErrorMs: 0, disk: new Disk() },
    key: signingKeyOf(key.export({ type: 'pkcs8', format: 'pem' }).toString()),
    route: { isLocal, cutUntilMs: 0 },
  };
}
