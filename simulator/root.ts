import { OakringError, type JsonObject } from '@oakring/contracts';
import { sha256 } from '@oakring/crypto';
import type { Ports } from '@oakring/ports';
import type { ReportFate, Root } from '../apps/manager/src/root/root.port.js';
import { judgeReport } from '../apps/manager/src/root/testing/report-rules.js';
import type { Judge } from './judge.js';
import { Life, type World } from './world.js';

/** Calls a manager as over HTTP; rejects when nobody is there, or when it refuses. */
export interface ServiceDesk {
  order(host: string, id: string, number: number, document: JsonObject): Promise<void>;
  /** -1: all of them. */
  end(host: string, id: string, number: number): Promise<void>;
}

export type Health = 'well' | 'away' | 'slow' | 'refusing';

/** As its users have it. */
interface Service {
  readonly name: string;
  /** What it was last told of each number. */
  readonly told: Map<number, unknown>;
}

const callMs = { least: 1, most: 60 };
const slowMs = 9_000;
/** It looks at no answer, and waits for none for longer. */
const patienceMs = 10_000;

const everybody = new Life('everybody');

/**
 * The root of Oakestra: takes clusters in by their name, orders the end of what it does not know, and loses
 * its memory at times. Whether it is well is drawn by the faults.
 */
export class SimulatedRoot {
  health: Health = 'well';
  readonly services = new Map<string, Service>();
  private memory = 1;
  /** Whom it calls: the manager that registered last. */
  private host: string | null = null;
  /** It orders nothing of a cluster that has not reported since it was taken in. */
  isActive = false;

  constructor(
    private readonly world: World,
    private readonly judge: Judge,
    private readonly desk: ServiceDesk,
    /** Whether anybody at any root ever ordered it. */
    private readonly wasOrdered: (id: string) => boolean,
  ) {}

  get id(): string {
    return sha256(`root ${this.memory}`).slice(0, 24);
  }

  /** As one manager's process sees it. */
  seenFrom(host: string, { timers }: Pick<Ports, 'timers'>): Root {
    const travel = async (ending: AbortSignal): Promise<void> => {
      const isSlow = this.health === 'slow';
      const leastMs = isSlow ? slowMs : callMs.least;
      await timers.sleep(this.world.between(leastMs, isSlow ? slowMs : callMs.most), ending);
      ending.throwIfAborted();
    };
    return {
      name: 'root',
      register: async (ending) => {
        await travel(ending);
        if (this.health === 'away' || this.health === 'refusing') {
          const detail = 'The root does not take this cluster in.';
          throw new OakringError({ code: 'root-unavailable', detail });
        }
        this.host = host;
        const { id } = this;
        await travel(ending);
        return id;
      },
      report: async (id, bytes, ending): Promise<ReportFate> => {
        await travel(ending);
        if (this.health === 'away') return { status: 'away', why: 'is not there' };
        if (this.health === 'refusing') return { status: 'refused', why: 'answers with 500' };
        await this.take(id, bytes);
        await travel(ending);
        return { status: 'taken' };
      },
    };
  }

  /** Its data base is another one. */
  forget(): void {
    this.memory += 1;
    this.services.clear();
    this.isActive = false;
  }

  /** False: it is not known whether it was taken; nobody asks again. */
  async order(id: string, number: number, document: JsonObject): Promise<boolean> {
    return this.call((host) => this.desk.order(host, id, number, document));
  }

  async end(id: string, number: number): Promise<boolean> {
    return this.call((host) => this.desk.end(host, id, number));
  }

  private async take(id: string, bytes: Uint8Array): Promise<void> {
    if (!/^[0-9a-f]{24}$/.test(id)) this.judge.fail(`a report comes from ${id}`);
    const { problem, jobs } = judgeReport(JSON.parse(Buffer.from(bytes).toString()));
    if (id === this.id) this.isActive = true;
    if (problem !== null) this.judge.fail(`the root refuses a report: ${problem}`);
    for (const { id: job, instances } of jobs) {
      if (!this.wasOrdered(job)) this.judge.fail(`job ${job} is reported, and is no root's`);
      const service = this.services.get(job);
      // While the report is unanswered still.
      if (service === undefined) await this.end(job, -1);
      for (const instance of instances) {
        const number = Number(instance['instance_number']);
        if (service?.told.has(number) === true) service.told.set(number, instance['status']);
      }
    }
  }

  private call(work: (host: string) => Promise<void>): Promise<boolean> {
    const { host } = this;
    if (host === null) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.world.schedule(everybody, patienceMs, () => resolve(false));
      work(host).then(
        () => resolve(true),
        (error: unknown) => {
          if (error instanceof OakringError && error.code === 'internal') {
            this.judge.fail(`the root is answered: ${error.message}`);
          }
          resolve(false);
        },
      );
    });
  }
}
