import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { encodeStoredCommit } from '@oakring/events';
import { OpenConnections } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { EventLogReader } from '@oakring/stores';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lines } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import {
  badParameter,
  integer,
  type Query as QueryString,
} from '../../http/endpoints/parameters.js';
import { EVENT_LOG, PORTS } from '../../injection/tokens.js';

/** Commits read in one go: half a millisecond or so of nothing else. */
const commitsPerRead = 64;
/** Bytes that wait for a reader before the log is read on. */
const readAheadBytes = 262_144;

const position = { minimum: 1, code: 'position-invalid' } as const;
const from = integer(
  'from',
  'First position; 1 by default. The next one to come has no lines.',
  position,
);
const to = integer('to', 'Last position; that of the newest commit by default.', position);

/** The ledger itself, for whoever keeps a copy of it (docs/backup.md). */
@Controller('api/v1/ledger')
export class CommitQueriesController {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly connections: OpenConnections,
  ) {}

  /** It ends with the newest commit as it was when it began, which a header names. */
  @Get('commits')
  @Endpoint({
    id: 'streamCommits',
    tag: 'Ledger',
    summary: 'The ledger as it is stored, commit by commit',
    needs: 'ledger:read',
    answeredBy: 'any',
    isStream: true,
    parameters: [from, to],
    answers: [
      lines(null, 'A commit a line, as docs/ledger-format.md has it.', {
        isAtPosition: true,
        media: ['text/plain'],
      }),
    ],
  })
  async commits(@Query() query: QueryString, @Res() reply: FastifyReply): Promise<void> {
    const first = from.of(query) ?? 1;
    const { position: head } = await this.log.head();
    const last = to.of(query) ?? head;
    if (first > head + 1) throw beyond(head, from.name, first);
    if (last > head) throw beyond(head, to.name, last);
    if (to.of(query) !== null && first > last) {
      throw badParameter(from.name, first, `more than the later ${last}`, 'position-invalid');
    }
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'oakring-position': String(head),
    });
    const options = { objectMode: false, highWaterMark: readAheadBytes };
    const texts = Readable.from(this.texts(first, last), options);
    const { signal } = this.connections;
    await pipeline(texts, reply.raw, { signal }).catch(() => {
      // A reader that goes away is no failure; one that is cut off learns it by the connection.
    });
  }

  private async *texts(first: number, last: number): AsyncGenerator<string> {
    for (let next = first; next <= last;) {
      const limit = Math.min(commitsPerRead, last - next + 1);
      const commits = await this.log.read({ from: next, limit });
      const newest = commits.at(-1);
      if (newest === undefined) throw new RangeError(`the log has no commit ${next}`);
      yield `${commits.map(encodeStoredCommit).join('\n')}\n`;
      next = newest.position + 1;
      // Whoever copies a long history takes turns with everybody else.
      await new Promise<void>((resolve) => this.ports.timers.soon(resolve));
    }
  }
}

function beyond(head: number, field: string, asked: number): OakringError {
  const detail = `The log ends at position ${head}; position ${asked} is not in it.`;
  return new OakringError({ code: 'position-invalid', detail, field, value: asked });
}
