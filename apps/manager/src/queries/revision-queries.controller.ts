import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { RevisionAnswer, RevisionPage } from '@oakring/contracts/http';
import type { Page, Revision } from '@oakring/contracts';
import type { EventLogReader } from '@oakring/stores';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  keptRevision,
  keptRevisions,
  pastRevision,
  type PastRevision,
} from '../history/past-revisions.js';
import { viewed } from '../http/endpoints/answers.js';
import { Endpoint } from '../http/endpoints/endpoint.js';
import { badParameter, integer } from '../http/endpoints/parameters.js';
import { EVENT_LOG } from '../injection/tokens.js';
import { revisionAnswer, revisionSummary, runningByRevision } from './revision-answer.js';
import { jobSeenBy } from './seen-jobs.js';
import { ViewAnswers, viewParameters } from './view-answers.js';

const defaultItems = 20;

const limit = integer('limit', `Items of a page; ${defaultItems} by default.`, {
  minimum: 1,
  maximum: 100,
});
const cursor = integer('cursor', '`next` of the page before.', { minimum: 1 });

/** Every revision of a job: the view knows where the ledger has it, and that one commit is read. */
@Controller('api/v1/jobs/:id/revisions')
export class RevisionQueriesController {
  constructor(
    private readonly views: ViewAnswers,
    @Inject(EVENT_LOG) private readonly log: EventLogReader,
  ) {}

  @Get()
  @Endpoint({
    id: 'listRevisions',
    tag: 'Jobs',
    summary: 'The revisions of a job, newest first: when, by whom, what changed, what became of it',
    needs: 'jobs:read',
    heeds: 'itself',
    answeredBy: 'any',
    parameters: [limit, cursor, ...viewParameters],
    answers: viewed(RevisionPage, 'A page. The newest 100 are kept at hand.'),
    problems: ['job-unknown'],
  })
  async list(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page<Revision> | undefined> {
    const page = await this.views.answer({ request, reply }, (query, view) => {
      const job = jobSeenBy(request, view.state, id);
      const wanted = limit.of(query) ?? defaultItems;
      const kept = [...keptRevisions(view.state, job, cursor.of(query) ?? job.revision)];
      const running = runningByRevision(view.state, job);
      // The one behind the page says what the last one of it changed.
      return { job, running, kept: kept.slice(0, wanted + 1), wanted, position: view.position };
    });
    if (page === undefined) return undefined;
    const { job, running, kept, wanted, position } = page;
    const past: PastRevision[] = [];
    for (const each of kept) past.push(await pastRevision(this.log, each));
    const items = past
      .slice(0, wanted)
      .map((each, at) => revisionSummary(job, running, each, past[at + 1] ?? null));
    const next = past[wanted];
    return { items, position, ...(next === undefined ? {} : { next: String(next.revision) }) };
  }

  @Get(':revision')
  @Endpoint({
    id: 'showRevision',
    tag: 'Jobs',
    summary: 'A revision of a job, with its document',
    needs: 'jobs:read',
    heeds: 'itself',
    answeredBy: 'any',
    parameters: viewParameters,
    answers: viewed(RevisionAnswer, 'The revision.'),
    problems: ['job-unknown', 'revision-unknown'],
  })
  async show(
    @Param('id') id: string,
    @Param('revision') number: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RevisionAnswer | undefined> {
    const revision = revisionOf(number);
    const found = await this.views.answer({ request, reply }, (_, view) => {
      const job = jobSeenBy(request, view.state, id);
      const kept = keptRevision(view.state, job, revision);
      const [former = null] = keptRevisions(view.state, job, revision - 1);
      return { job, kept, former, running: runningByRevision(view.state, job) };
    });
    if (found === undefined) return undefined;
    const { job, kept, former, running } = found;
    const past = await pastRevision(this.log, kept);
    const before = former === null ? null : await pastRevision(this.log, former);
    return revisionAnswer(job, running, past, before);
  }
}

function revisionOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw badParameter('revision', text, 'not the number of a revision');
}
