import { createHash } from 'node:crypto';
import { call, eventually } from './http.js';

/** Where a manager's ledger ends, and who leads as far as it knows. */
export function headAt(url: string) {
  return call('GET', `${url}/api/v1/ledger/head`);
}

/** The one of these managers that leads. Waits for one. */
export async function leaderOf<T extends { readonly url: string }>(
  managers: readonly T[],
): Promise<T> {
  const leading = async (): Promise<T | undefined> => {
    for (const one of managers) {
      const answer = await headAt(one.url).catch(() => null);
      if (answer?.body?.leading === true) return one;
    }
    return undefined;
  };
  const found = await eventually(leading, (one) => one !== undefined);
  if (found === undefined) throw new Error('nobody leads');
  return found;
}

/** Submits jobs one after the other, each under its key until it is acknowledged. */
export class Poster {
  readonly acknowledged: string[] = [];
  private isStopped = false;
  private readonly working: Promise<void>;

  constructor(private readonly urls: () => readonly string[]) {
    this.working = this.work();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.working;
  }

  private async work(): Promise<void> {
    for (let count = 0; !this.isStopped; count += 1) {
      const id = `job-${count}`;
      for (let attempt = 0; !(await this.post(id, attempt)); attempt += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      this.acknowledged.push(id);
    }
  }

  private async post(id: string, attempt: number): Promise<boolean> {
    const urls = this.urls();
    const job = { id, name: id, image: 'x', technology: 'simulated' };
    const url = `${urls[attempt % urls.length]}/api/v1/jobs`;
    const answer = await call('POST', url, job, { 'idempotency-key': id }).catch(() => null);
    // Whatever cannot be decided now is a 503, never anything else.
    if (answer !== null && ![200, 201, 202, 503].includes(answer.status)) {
      throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return answer !== null && answer.status < 300;
  }
}

/** Every job that a manager shows, at a position or later. */
export async function jobIds(url: string, minPosition = 0): Promise<string[]> {
  const ids: string[] = [];
  const list = `${url}/api/v1/jobs?limit=1000&minPosition=${minPosition}`;
  for (let cursor = ''; ;) {
    const { body } = await eventually(
      () => call('GET', `${list}${cursor}`),
      ({ status }) => status === 200,
    );
    ids.push(...body.items.map(({ id }: { id: string }) => id));
    if (body.next === undefined) return ids;
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
}

/** Reads a manager's events one page after the other, and remembers what it was shown. */
export class Reader {
  /** The shown text of each event in short, by `position/index`. */
  readonly seen = new Map<string, string>();
  /** What must never be: a position after a hole, or behind one that was shown before. */
  readonly gaps: string[] = [];
  private position = 0;
  private isStopped = false;
  private readonly working: Promise<void>;

  constructor(private readonly url: () => string) {
    this.working = this.work();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.working;
  }

  /** Reads once, up to where the log ends for that manager. */
  async look(): Promise<void> {
    const response = await fetch(`${this.url()}/api/v1/events?from=${this.position + 1}`);
    if (response.status !== 200) return;
    const text = await response.text();
    // A page that breaks off ends in half a line.
    const lines = text.split('\n').slice(0, -1);
    for (const line of lines) this.take(line);
  }

  private take(line: string): void {
    const { position, index } = JSON.parse(line) as { position: number; index: number };
    const isNext = position === this.position || position === this.position + 1;
    if (!isNext) this.gaps.push(`${position} after ${this.position}`);
    this.position = position;
    this.seen.set(`${position}/${index}`, createHash('sha256').update(line).digest('hex'));
  }

  private async work(): Promise<void> {
    while (!this.isStopped) {
      await this.look().catch(() => null);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
