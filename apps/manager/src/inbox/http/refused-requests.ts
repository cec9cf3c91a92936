import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  isId,
  nodeCaller,
  withoutTokens,
  type ErrorCode,
  type OakringError,
} from '@oakring/contracts';
import type { EventData } from '@oakring/events';
import { Refusals, type RefusedRequest } from '@oakring/http';
import type { Ports, Timer } from '@oakring/ports';
import type { CommandQueue } from '../../commands/command.js';
import { byItself } from '../../commands/origin.js';
import { DeadLetters, type Forgery } from '../../dead-letters/dead-letters.js';
import { COMMAND_QUEUE, PORTS } from '../../injection/tokens.js';

/** Of those that come together the first few are told of, the rest are counted. */
const maxShown = 20;
const maxShownPath = 256;
/** The first is on record soon, and those after it once a minute: whoever guesses at tokens writes no ledger. */
const soonMs = 1_000;
const everyMs = 60_000;

type Counted = 'unauthorized' | 'forbidden';

/** As which it counts that somebody was refused; what is not here was no question of who asked. */
const countedAs: Partial<Readonly<Record<ErrorCode, Counted>>> = {
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  // Of those that let machines in.
  'join-token-used': 'forbidden',
  'node-id-taken': 'forbidden',
};
type Shown = EventData<'RequestsRefused'>['shown'][number];

/**
 * Puts on record that requests were refused for who asked, and messages at the broker in this process for who said them:
 * one event a minute at most, of whichever there were.
 * Nobody but the leader writes: what a follower refused is counted, is in its log and its metrics, and is on record
 * if it comes to lead.
 */
@Injectable()
export class RefusedRequests implements OnModuleDestroy {
  private readonly counts: Record<Counted, number> = { unauthorized: 0, forbidden: 0 };
  private shown: Shown[] = [];
  private sinceMs = 0;
  private wroteMs = Number.NEGATIVE_INFINITY;
  private timer: Timer | null = null;

  constructor(
    refusals: Refusals,
    letters: DeadLetters,
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(PORTS) private readonly ports: Ports,
  ) {
    refusals.onNoted((problem, request) => {
      const counted = countedAs[problem.code];
      if (counted !== undefined) this.note(counted, () => shownOf(problem, counted, request));
    });
    letters.onForged((forgery) => this.note('forbidden', () => shownOfMessage(forgery)));
  }

  onModuleDestroy(): void {
    this.timer?.cancel();
  }

  private note(counted: Counted, shown: () => Shown): void {
    const { clock, timers } = this.ports;
    const nowMs = clock.monotonicMs();
    if (this.counts.unauthorized + this.counts.forbidden === 0) this.sinceMs = nowMs;
    this.counts[counted] += 1;
    if (this.shown.length < maxShown) this.shown.push(shown());
    this.timer ??= timers.after(Math.max(soonMs, this.wroteMs + everyMs - nowMs), () => {
      this.timer = null;
      void this.write();
    });
  }

  private async write(): Promise<void> {
    const nowMs = this.ports.clock.monotonicMs();
    const refused = {
      ...this.counts,
      withinMs: Math.round(nowMs - this.sinceMs),
      shown: [...this.shown],
    };
    this.wroteMs = nowMs;
    const submitted = this.queue.submit<'RecordRefusedRequests'>(
      { type: 'RecordRefusedRequests', refused },
      byItself('access', 'observed:requests'),
    );
    try {
      await submitted;
      this.counts.unauthorized -= refused.unauthorized;
      this.counts.forbidden -= refused.forbidden;
      this.shown = this.shown.slice(refused.shown.length);
      this.sinceMs = nowMs;
    } catch {
      // They are counted on: the next one that is refused has them written with it.
      new Logger('Access').debug('refused requests are not on record yet: nothing is written now');
    }
  }
}

function shownOf(
  { code, field, value }: OakringError,
  counted: Counted,
  { method, url, ip, caller, knownAs }: RefusedRequest,
): Shown {
  // Never the query: a secret may be in it.
  const path = shownPath(url.split('?', 1)[0] ?? '');
  const name = (counted === 'forbidden' ? caller?.name : knownAs) ?? null;
  const node = field === 'node' && typeof value === 'string' && isId(value) ? { node: value } : {};
  return { code, request: `${method} ${path}`, from: ip, name, ...node };
}

function shownOfMessage({ topic, code, node, by, from }: Forgery): Shown {
  const name = by === null ? null : nodeCaller(by);
  return { code, request: `PUBLISH ${shownPath(topic)}`, from, name, node };
}

function shownPath(path: string): string {
  return withoutTokens(path).slice(0, maxShownPath);
}
