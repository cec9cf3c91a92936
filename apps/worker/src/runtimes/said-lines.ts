import type { Clock } from '@oakring/ports';
import { inBatches, newEnough, newestOf } from './line-batches.js';
import {
  NothingPrinted,
  type InstanceAddress,
  type LogsWanted,
  type PrintedLine,
} from './runtime.port.js';

/** Newest lines of one start; starts of one number; numbers at all: the oldest go first. */
const maxLines = 200;
const maxStarts = 2;
const maxNumbers = 10_000;

interface Start {
  readonly generation: number;
  readonly lines: PrintedLine[];
  isLive: boolean;
  /** Those who follow it. */
  readonly followers: Set<() => void>;
}

/** What instances say that print nothing: kept in memory, and gone with them. */
export class SaidLines {
  private readonly numbers = new Map<string, Start[]>();
  private said = 0;

  constructor(private readonly clock: Clock) {}

  begin(address: InstanceAddress): void {
    const key = keyOf(address);
    const { generation } = address;
    const starts = this.numbers.get(key) ?? [];
    starts.push({ generation, lines: [], isLive: true, followers: new Set() });
    this.numbers.delete(key);
    this.numbers.set(key, starts.slice(-maxStarts));
    const [oldest] = this.numbers.keys();
    if (this.numbers.size > maxNumbers && oldest !== undefined) this.numbers.delete(oldest);
    this.say(address, 'started');
  }

  say(address: InstanceAddress, text: string): void {
    const start = this.startOf(address);
    if (start === null) return;
    this.said += 1;
    const { generation } = start;
    const mark = String(this.said);
    start.lines.push({ generation, atMs: this.clock.wallMs(), text, isOpen: false, mark });
    if (start.lines.length > maxLines) start.lines.shift();
    for (const follower of start.followers) follower();
  }

  end(address: InstanceAddress, text: string): void {
    this.say(address, text);
    const start = this.startOf(address);
    if (start === null) return;
    start.isLive = false;
    for (const follower of start.followers) follower();
  }

  newest(address: InstanceAddress): readonly string[] {
    return this.startOf(address)?.lines.map(({ text }) => text) ?? [];
  }

  async *lines(
    address: InstanceAddress,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): AsyncGenerator<readonly PrintedLine[]> {
    const { previous, agoMs, after } = wanted;
    const start = previous ? this.startBefore(address, wanted) : this.startOf(address);
    if (start === null) {
      const { job, instance, generation } = address;
      const what = `instance ${instance} of job ${job} said ${previous ? 'before' : 'in'}`;
      throw new NothingPrinted(`Nothing is kept here of what ${what} generation ${generation}.`);
    }
    const sinceMs = agoMs === null ? null : this.clock.wallMs() - agoMs;
    const seen = { mark: Number(after ?? 0) };
    const fresh = async function* () {
      const lines = start.lines.filter(({ mark }) => Number(mark) > seen.mark);
      seen.mark = Number(lines.at(-1)?.mark ?? seen.mark);
      yield* inBatches(lines);
    };
    yield* newestOf(newEnough(fresh(), sinceMs), wanted);
    while (wanted.follow && start.isLive && !signal.aborted) {
      await nextOf(start, seen.mark, signal);
      yield* newEnough(fresh(), sinceMs);
    }
  }

  private startOf(address: InstanceAddress): Start | null {
    const starts = this.numbers.get(keyOf(address)) ?? [];
    return starts.findLast(({ generation }) => generation === address.generation) ?? null;
  }

  private startBefore(address: InstanceAddress, { notBefore }: LogsWanted): Start | null {
    const starts = this.numbers.get(keyOf(address)) ?? [];
    const own = starts.findLastIndex(({ generation }) => generation === address.generation);
    const before = own === -1 ? starts : starts.slice(0, own);
    const isItsOwn = ({ generation }: Start): boolean =>
      generation >= notBefore && generation <= address.generation;
    return before.findLast(isItsOwn) ?? null;
  }
}

function keyOf({ job, instance }: InstanceAddress): string {
  return `${job}/${instance}`;
}

/** Resolves once there is more than was seen, or no more will come. */
async function nextOf(start: Start, seen: number, signal: AbortSignal): Promise<void> {
  if (!start.isLive || signal.aborted || Number(start.lines.at(-1)?.mark ?? 0) > seen) return;
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      start.followers.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    start.followers.add(wake);
    signal.addEventListener('abort', wake);
  });
}
