import { Controller, Get, Inject, Query } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { LeaderProof } from '@oakring/contracts/http';
import { CLUSTER_PROOF, LEADERSHIP, type LeadershipView } from '../../injection/query-tokens.js';
import { ok } from '../endpoints/answers.js';
import { Endpoint } from '../endpoints/endpoint.js';
import { text } from '../endpoints/parameters.js';
import type { ClusterProof } from './cluster-proof.js';

export const leaderProofPath = 'api/v1/leadership/proof';
export const challenge = text('challenge', 'What only this answer is a proof for.');

/** Where a leader proves itself. It is asked without a token, by managers alone. */
@Controller(leaderProofPath)
export class LeaderProofController {
  constructor(
    @Inject(LEADERSHIP) private readonly leadership: LeadershipView,
    /** Null: there is one manager. */
    @Inject(CLUSTER_PROOF) private readonly proof: ClusterProof | null,
  ) {}

  @Get()
  @Endpoint({
    id: 'proveLeadership',
    tag: 'Operation',
    summary: 'The proof of a leader, for other managers',
    // Those who do not know the token learn nothing from it.
    needs: 'nothing',
    answeredBy: 'any',
    parameters: [challenge],
    answers: [ok(LeaderProof, 'A ticket for one request, and the proof.')],
    problems: ['not-leading', 'route-unknown'],
  })
  prove(@Query() query: Readonly<Record<string, unknown>>): LeaderProof {
    if (this.proof === null) {
      const detail =
        'No other manager shares the store of this one: there is nobody to prove it to.';
      throw new OakringError({ code: 'route-unknown', detail });
    }
    const { leading, leader } = this.leadership.status;
    if (leading && leader !== null) return this.proof.answer(String(challenge.of(query)), leader);
    throw new OakringError({ code: 'not-leading', detail: 'This manager does not lead.' });
  }
}
