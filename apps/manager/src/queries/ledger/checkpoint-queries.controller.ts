import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { Consistency } from '@oakring/contracts/http';
import { ledgerKey, standing } from '@oakring/model';
import type { EventLogReader } from '@oakring/stores';
import type { FastifyReply } from 'fastify';
import { ofMedia, ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import {
  badParameter,
  integer,
  type Query as QueryString,
} from '../../http/endpoints/parameters.js';
import { EVENT_LOG } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { LedgerTree } from './ledger-tree.js';

const size = { minimum: 1, code: 'position-invalid' } as const;
const from = integer('from', 'Commits of the earlier tree: what a kept checkpoint says.', size);
const to = integer(
  'to',
  'Commits of the later tree; by default those of the newest checkpoint, or of all.',
  size,
);

/** What somebody keeps of the ledger to hold us to it, and the proof that we did. */
@Controller('api/v1/ledger')
export class CheckpointQueriesController {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    private readonly tree: LedgerTree,
    private readonly projection: Projection,
  ) {}

  @Get('checkpoint')
  @Endpoint({
    id: 'showCheckpoint',
    tag: 'Ledger',
    summary: 'The newest checkpoint, as signed (C2SP tlog-checkpoint)',
    needs: 'ledger:read',
    answeredBy: 'any',
    answers: [ofMedia(['text/plain'], 'A signed note.')],
    problems: ['checkpoint-unknown'],
  })
  checkpoint(@Res({ passthrough: true }) reply: FastifyReply): string {
    const note = this.newestNote();
    if (note === null) {
      const detail = `Nobody signed a checkpoint of this ledger yet.`;
      throw new OakringError({ code: 'checkpoint-unknown', detail });
    }
    void reply.header('content-type', 'text/plain; charset=utf-8');
    return note;
  }

  @Get('consistency')
  @Endpoint({
    id: 'proveConsistency',
    tag: 'Ledger',
    summary: 'The proof that the ledger of an earlier day is the beginning of today’s',
    needs: 'ledger:read',
    answeredBy: 'any',
    parameters: [from, to],
    answers: [ok(Consistency, 'Both roots, and the proof between them.')],
    // The first one reads the whole ledger.
    problems: ['overloaded'],
  })
  async consistency(@Query() query: QueryString): Promise<Consistency> {
    const earlier = from.of(query);
    if (earlier === null) {
      throw badParameter(from.name, undefined, 'not the size of a tree', 'position-invalid');
    }
    const sealed = this.projection.state.seals.get(ledgerKey)?.position ?? 0;
    const later = to.of(query) ?? Math.max(earlier, sealed);
    const { position: head } = await this.log.head();
    if (later > head) throw beyondHead(later, head, to.of(query) === null ? from.name : to.name);
    if (earlier > later) {
      throw badParameter(from.name, earlier, `more than the later ${later}`, 'position-invalid');
    }
    const { fromRoot, toRoot, proof } = await this.tree.growth(earlier, later);
    return {
      clusterId: standing(this.projection.state).clusterId,
      from: { position: earlier, merkleRoot: fromRoot },
      to: { position: later, merkleRoot: toRoot },
      proof,
      checkpoint: later <= sealed ? this.newestNote() : null,
    };
  }

  private newestNote(): string | null {
    return this.projection.state.seals.get(ledgerKey)?.note ?? null;
  }
}

function beyondHead(asked: number, head: number, field: string): OakringError {
  const detail = `A tree of ${asked} commits is asked for; the ledger has ${head}.`;
  return new OakringError({ code: 'position-invalid', detail, field, value: asked });
}
