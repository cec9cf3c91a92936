import type { JsonObject } from '@oakring/contracts';
import { sha256 } from '@oakring/crypto';
import { instanceKey, type ClusterState } from '@oakring/model';
import { imageOf, type Script } from './images.js';
import type { Judge } from './judge.js';
import type { SimulatedRoot } from './root.js';
import type { Unproven } from './unproven.js';
import type { World } from './world.js';

/** `unknown`: nobody was told what became of it, and the root does not ask again. */
type Wish = 'wanted' | 'gone' | 'unknown';

interface Service {
  readonly id: string;
  readonly name: string;
  readonly document: JsonObject;
  /** False: what runs of it at the end is not to be foretold. */
  isSteady: boolean;
  /** Its users want nothing of it any more. */
  isDeleted: boolean;
  readonly numbers: Map<number, Wish>;
}

const leastMemoryMs = 60_000;
/** A report comes every 15 s, and what changed sooner. */
const toldWithinMs = 20_000;

/** What users of Oakestra's root do: it numbers instances itself, never twice, and tells of one at a time. */
export class RootWorkload {
  readonly services = new Map<string, Service>();
  private made = 0;
  private forgotMs = 0;

  constructor(
    private readonly world: World,
    readonly root: SimulatedRoot,
    private readonly state: ClusterState,
    private readonly judge: Judge,
    /** What an operator of this cluster does with what a root has forgotten. */
    private readonly endForgotten: (id: string, ended: () => void) => void,
  ) {}

  /** Does one of all the things that people do. */
  act(): void {
    const { world, root } = this;
    if (!root.isActive) return;
    const what = world.chance.integer(100);
    const known = [...this.services.values()].filter(({ id }) => root.services.has(id));
    const service = world.pick(known);
    if (service === undefined || what < 25) this.begin();
    else if (what < 55) this.orderNext(service);
    else if (what < 78) this.endOne(service);
    else if (what < 90) this.delete(service);
    else this.settleForgotten();
  }

  /** There is something to forget. */
  get isOld(): boolean {
    return this.world.nowMs - this.forgotMs > leastMemoryMs;
  }

  /** Its root has lost its memory: nothing of that is told to the cluster. */
  forget(): void {
    // What was half deleted is half there, and what nobody answered may come to be there yet.
    const open = [...this.services.values()].filter((service) => this.isOpen(service));
    for (const service of this.services.values()) {
      const { id, name } = service;
      const isNamesakeThere =
        [...this.state.jobs.values()].some(
          (job) => job.id !== id && job.document['name'] === name,
        ) || open.some((other) => other.id !== id && other.name === name);
      // What waits for a namesake waits until an operator ends that.
      if (isNamesakeThere) service.isSteady = false;
    }
    for (const service of open) {
      service.isSteady = false;
      service.isDeleted = false;
    }
    this.forgotMs = this.world.nowMs;
    this.root.forget();
  }

  private isOpen({ id, isDeleted, numbers }: Service): boolean {
    const isUnanswered = [...numbers.values()].includes('unknown');
    return isDeleted && (isUnanswered || this.state.jobs.get(id) !== undefined);
  }

  /** What is not as it was asked for. */
  differences(unproven: Unproven): string[] {
    const wrong: string[] = [];
    for (const service of this.services.values()) {
      const { id, isDeleted, isSteady, numbers } = service;
      const job = this.state.jobs.get(id);
      if (isDeleted && job !== undefined && !unproven.isAllOf(id))
        wrong.push(`${id} is ${job.status}, and was deleted`);
      if (isDeleted || !isSteady) continue;
      for (const [number, wish] of numbers) {
        const key = instanceKey(id, number);
        const instance = this.state.instances.get(key);
        if (wish === 'wanted' && instance === undefined) wrong.push(`${key} was ordered`);
        if (wish === 'gone' && instance !== undefined && !unproven.isWaitedForBy(instance)) {
          wrong.push(`${key} was ended`);
        }
        if (wish !== 'wanted' || instance?.status !== 'running') continue;
        if (this.state.head.at - instance.since < toldWithinMs) continue;
        const told = this.root.services.get(id)?.told.get(number);
        if (told !== undefined && told !== 'RUNNING') {
          wrong.push(`the root takes ${key} for ${String(told)}`);
        }
      }
    }
    return wrong;
  }

  private begin(): void {
    const id = sha256(`service ${(this.made += 1)}`).slice(0, 24);
    const { script, more, isSteady } = this.draw();
    const version = this.world.between(1, 99);
    const name = this.freeName() ?? `app.ns.svc${this.made}.ns`;
    const document: JsonObject = {
      ...{ _id: id, microserviceID: id, job_name: name, virtualization: 'docker' },
      ...{ image: imageOf(script, version), memory: 32 * this.world.between(1, 3), vcpus: 1 },
      ...{ status: 'CLUSTER_SCHEDULED', ...more },
    };
    const service: Service = {
      ...{ id, name, document, isSteady, isDeleted: false, numbers: new Map() },
    };
    this.services.set(id, service);
    this.root.services.set(id, { name, told: new Map() });
    for (let count = this.world.between(1, 3); count > 0; count -= 1) this.orderNext(service);
  }

  private draw(): { script: Script; more: JsonObject; isSteady: boolean } {
    const { world } = this;
    const pullMs = world.happens(50) ? 0 : world.between(100, world.happens(20) ? 40_000 : 6_000);
    const runMs = world.between(500, 20_000);
    switch (world.chance.integer(10)) {
      case 0:
        return { script: { pullMs, runMs, exitCode: 1 }, more: {}, isSteady: false };
      case 1: {
        const exitCode = world.between(0, 1);
        return { script: { runMs, exitCode }, more: { one_shot: true }, isSteady: false };
      }
      case 2:
        return { script: { fails: true }, more: {}, isSteady: false };
      case 3: {
        // Nothing of these may ever reach a worker.
        const more = world.pick<JsonObject>([
          { image: 'nginx' },
          { virtualization: 'wasm' },
          { virtualization: 'Docker' },
          { port: 8_080 },
          { cmd: 'sh' },
        ]);
        return { script: {}, more: more ?? {}, isSteady: false };
      }
      case 4:
        return { script: { pullMs }, more: { virtualization: 'container' }, isSteady: true };
      default:
        return { script: { pullMs }, more: {}, isSteady: true };
    }
  }

  /** Now and then what was deleted is made again, under another id. */
  private freeName(): string | null {
    if (!this.world.happens(40)) return null;
    const taken = new Set<string>();
    for (const { name, isDeleted } of this.services.values()) if (!isDeleted) taken.add(name);
    const free = [...this.services.values()].filter(
      ({ name, isDeleted }) => isDeleted && !taken.has(name),
    );
    return this.world.pick(free)?.name ?? null;
  }

  private orderNext(service: Service): void {
    const { id, numbers, document } = service;
    const number = numbers.size;
    numbers.set(number, 'unknown');
    this.root.services.get(id)?.told.set(number, 'CLUSTER_SCHEDULED');
    const list = [{ instance_number: number, status: 'CLUSTER_SCHEDULED' }];
    const asked = { ...document, next_instance_progressive_number: number + 1 };
    void this.root.order(id, number, { ...asked, instance_list: list }).then((isTaken) => {
      if (!isTaken || numbers.get(number) !== 'unknown' || service.isDeleted) return;
      numbers.set(number, 'wanted');
      if (this.state.instances.get(instanceKey(id, number)) === undefined) {
        this.judge.fail(`${id}/${number} was taken, and is not in the log`);
      }
    });
  }

  private endOne({ id, numbers }: Service): void {
    const wanted = [...numbers].filter(([, wish]) => wish === 'wanted');
    const [number] = this.world.pick(wanted) ?? [];
    if (number === undefined) return;
    numbers.set(number, 'unknown');
    this.root.services.get(id)?.told.delete(number);
    void this.root.end(id, number).then((isTaken) => {
      if (isTaken) numbers.set(number, 'gone');
    });
  }

  /** One by one, and it skips every second one; the rest when it is next told of it. */
  private delete(service: Service): void {
    service.isDeleted = true;
    this.root.services.delete(service.id);
    for (const [number, wish] of service.numbers) {
      if (wish !== 'gone' && number % 2 === 0) void this.root.end(service.id, number);
    }
  }

  private settleForgotten(): void {
    const forgotten = [...this.services.values()].filter(
      ({ id, isDeleted }) =>
        !isDeleted && !this.root.services.has(id) && this.state.jobs.get(id) !== undefined,
    );
    const service = this.world.pick(forgotten);
    if (service === undefined) return;
    this.endForgotten(service.id, () => {
      service.isDeleted = true;
    });
  }
}
