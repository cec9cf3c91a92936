import { Controller, Get, Inject, Res } from '@nestjs/common';
import { LedgerHeadAnswer, LedgerKeys, LedgerVerified } from '@oakring/contracts/http';
import { shownUrl } from '@oakring/contracts';
import type { EventLogReader } from '@oakring/stores';
import type { LogHead } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import type { FastifyReply } from 'fastify';
import { lines, ok, okAtPosition } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { linesOf } from '../history/snapshot-keeper.js';
import { EVENT_LOG, PORTS } from '../injection/tokens.js';
import { ledgerKeysOf } from '@oakring/model';
import { Projection } from '../views/projection.js';
import {
  LEADERSHIP,
  VERIFICATION,
  type LeadershipView,
  type VerificationView,
} from '../injection/query-tokens.js';

@Controller('api/v1/ledger')
export class LedgerQueriesController {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    @Inject(LEADERSHIP) private readonly leadership: LeadershipView,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly projection: Projection,
    @Inject(VERIFICATION) private readonly verification: VerificationView,
  ) {}

  /** The keys that seal this log, and how far it is sealed. */
  @Get('keys')
  @Endpoint({
    id: 'listLedgerKeys',
    tag: 'Ledger',
    summary: 'The keys that seal the ledger',
    needs: 'ledger:read',
    answeredBy: 'any',
    answers: [ok(LedgerKeys, 'The keys.')],
  })
  keys(): LedgerKeys {
    return ledgerKeysOf(this.projection.state);
  }

  /** What this manager has verified by itself since it started. */
  @Get('verify')
  @Endpoint({
    id: 'showLedgerVerification',
    tag: 'Ledger',
    summary: 'What this manager found when it verified the ledger',
    needs: 'ledger:read',
    answeredBy: 'any',
    answers: [ok(LedgerVerified, 'The newest result.')],
  })
  verify(): LedgerVerified {
    const { atMs, wholeAtMs, damage, sealedTo, ...rest } = this.verification.result;
    return {
      ...rest,
      ...{ at: isoOf(atMs), wholeAt: isoOf(wholeAtMs), sealed: sealedTo === 0 ? null : sealedTo },
      damage: damage && {
        ...{ position: damage.position, kind: damage.kind, rule: damage.rule },
        detail: damage.detail,
        foundAt: new Date(damage.foundMs).toISOString(),
      },
    };
  }

  /** Every record of every view at one position, as lines: what `oakring audit fsck` compares. */
  @Get('views')
  @Endpoint({
    id: 'streamViews',
    tag: 'Ledger',
    summary: 'Every record of every view at one position',
    needs: 'ledger:read',
    answeredBy: 'any',
    isStream: true,
    answers: [lines(null, 'One `[view, key, record]` a line.', { isAtPosition: true })],
  })
  async views(@Res() reply: FastifyReply): Promise<void> {
    const { state } = this.projection;
    const records = withHead(state.head, linesOf(state, this.ports));
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'application/x-ndjson',
      'oakring-position': String(this.projection.position),
    });
    await pipeline(Readable.from(records), reply.raw).catch(() => {
      // A reader that goes away is no failure.
    });
  }

  @Get('head')
  @Endpoint({
    id: 'showLedgerHead',
    tag: 'Ledger',
    summary: 'Position and hash of the newest commit, and who leads',
    needs: 'ledger:read',
    answeredBy: 'any',
    answers: [okAtPosition(LedgerHeadAnswer, 'The head.')],
  })
  async head(@Res({ passthrough: true }) reply: FastifyReply): Promise<LedgerHeadAnswer> {
    const { position, hash, epoch } = await this.log.head();
    void reply.header('oakring-position', String(position));
    const { leader, leading } = this.leadership.status;
    // What another manager wrote into the lease may be of a release that took secrets in it.
    const shown = leader === null ? null : shownUrl(leader);
    return { position, hash, epoch, leader: shown, leading };
  }
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

async function* withHead(head: LogHead, lines: AsyncIterable<string>): AsyncGenerator<string> {
  yield `${JSON.stringify(head)}\n`;
  yield* lines;
}
