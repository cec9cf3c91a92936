import { MongoClient, MongoServerError } from 'mongodb';
import { Lines, type Line } from './lines.js';
import { MongodProcess } from '../mongod-process.js';

/** Short, so that a test sees many elections. */
const quickElectionMs = 1_500;
const heartbeatIntervalMillis = 300;
const giveUpAfterMs = 60_000;
/** MongoDB's code for a set that has its members. */
const alreadyInitialized = 23;

export interface Member {
  /** Its place in the set, from 0. */
  readonly number: number;
  readonly process: MongodProcess;
}

/**
 * A replica set of three real members whose every connection, of managers and of members among each
 * other, goes through lines that a test may cut, delay and reset.
 */
export class ReplicaSet {
  private constructor(
    readonly members: readonly Member[],
    readonly lines: Lines,
    /** Processes of clients whose lines are to be told apart. */
    readonly clients: number[],
  ) {}

  static async start({ electionTimeoutMillis = quickElectionMs } = {}): Promise<ReplicaSet> {
    const members: Member[] = [];
    for (let number = 0; number < 3; number += 1) {
      members.push({ number, process: await MongodProcess.create() });
    }
    const clients: number[] = [];
    const lines = await Lines.to(
      members.map(({ process }) => process.port),
      () => [...members.flatMap(({ process }) => process.pid ?? []), ...clients],
    );
    for (const { process } of members) process.launch();
    const set = new ReplicaSet(members, lines, clients);
    await set.initiate(electionTimeoutMillis);
    await set.primary();
    return set;
  }

  /** URL of a database of that name. */
  url(database: string): string {
    const hosts = this.lines.ports.map((port) => `127.0.0.1:${port}`).join(',');
    return `mongodb://${hosts}/${database}?replicaSet=rs`;
  }

  /** The member that leads by its own word and can be written to. Waits for one. */
  async primary(): Promise<Member> {
    const deadline = performance.now() + giveUpAfterMs;
    for (;;) {
      for (const member of this.members) {
        if (await this.takesWrites(member)) return member;
      }
      if (performance.now() > deadline) throw new Error('the set has no primary');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Waits until all three are there and follow: what is hurt next leaves a majority. */
  async whole(): Promise<void> {
    const deadline = performance.now() + giveUpAfterMs;
    while (!(await this.isWhole())) {
      if (performance.now() > deadline) throw new Error('the set is not whole again');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Makes the primary give way to another. */
  async stepDown({ process }: Member): Promise<void> {
    await asAdmin(process, (admin) =>
      // It closes connections on the way: whether it was heard is of no interest.
      admin.command({ replSetStepDown: 5, force: true }).catch(() => null),
    );
  }

  /** Cuts a member off from the other two, in both directions; who else speaks to it does not notice. */
  isolate(member: Member): void {
    const others = this.members.filter((one) => one !== member);
    const pids = others.flatMap(({ process }) => process.pid ?? []);
    this.lines.cut(
      ({ from, to }) =>
        from !== null &&
        (from === member.process.pid || (to === member.number && pids.includes(from))),
    );
  }

  /** Whether both ends of a line are members. */
  isBetweenMembers({ from }: Line): boolean {
    return this.members.some(({ process }) => process.pid === from);
  }

  async remove(): Promise<void> {
    for (const { process } of this.members) await process.remove();
    this.lines.close();
  }

  private async initiate(electionTimeoutMillis: number): Promise<void> {
    const members = this.lines.ports.map((port, _id) => ({ _id, host: `127.0.0.1:${port}` }));
    const settings = { electionTimeoutMillis, heartbeatIntervalMillis, heartbeatTimeoutSecs: 2 };
    const deadline = performance.now() + giveUpAfterMs;
    const [first] = this.members;
    if (first === undefined) throw new Error('a set of nobody');
    for (;;) {
      try {
        await asAdmin(first.process, (admin) =>
          admin.command({ replSetInitiate: { _id: 'rs', members, settings } }),
        );
        return;
      } catch (error) {
        // Ours, whose answer came too late for us: a slow machine needs longer than we wait for one.
        if (error instanceof MongoServerError && error.code === alreadyInitialized) return;
        // The others may not be listening yet.
        if (performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  private async isWhole(): Promise<boolean> {
    const { process } = await this.primary();
    try {
      const status = await asAdmin(process, (admin) => admin.command({ replSetGetStatus: 1 }));
      const states = (status['members'] as { readonly stateStr: string }[]).map(
        ({ stateStr }) => stateStr,
      );
      return states.toSorted().join() === 'PRIMARY,SECONDARY,SECONDARY';
    } catch {
      return false;
    }
  }

  private async takesWrites({ process }: Member): Promise<boolean> {
    try {
      return await asAdmin(process, async (admin) => {
        const hello = await admin.command({ hello: 1 });
        if (hello['isWritablePrimary'] !== true) return false;
        const { w, wtimeout } = { w: 'majority' as const, wtimeout: 1_000 };
        const writeConcern = { w, wtimeout };
        await admin.command({ appendOplogNote: 1, data: { ping: 1 }, writeConcern });
        return true;
      });
    } catch {
      return false;
    }
  }
}

type Admin = ReturnType<ReturnType<MongoClient['db']>['admin']>;

/** Past the lines, on a connection of its own. */
async function asAdmin<T>(process: MongodProcess, work: (admin: Admin) => Promise<T>): Promise<T> {
  const client = new MongoClient(`mongodb://127.0.0.1:${process.port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 500,
    connectTimeoutMS: 1_000,
    socketTimeoutMS: 5_000,
  });
  try {
    return await work((await client.connect()).db('admin').admin());
  } finally {
    await client.close();
  }
}
