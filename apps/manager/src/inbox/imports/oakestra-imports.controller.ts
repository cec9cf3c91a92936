import { Body, Controller, Inject, Post, Query, Req } from '@nestjs/common';
import { OakringError, type JsonObject } from '@oakring/contracts';
import {
  OakestraCandidate,
  OakestraJob,
  OakestraNodeImported,
  OakestraServiceImported,
  type OakestraInstanceImported,
} from '@oakring/contracts/http';
import { instanceKey } from '@oakring/model';
import type { FastifyRequest } from 'fastify';
import type { Command, CommandQueue } from '../../commands/command.js';
import { whyNotInto } from '../../commands/decide/take-over.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { flag, type Query as QueryString } from '../../http/endpoints/parameters.js';
import { COMMAND_QUEUE } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { originOf } from '../http/idempotency.js';
import { SERVICE_RULES } from '../root/root-orders.js';
import { translatedService, type ServiceRules } from '../root/service-translation.js';
import { instancesIn, nodeIn, serviceIn } from './old-documents.js';

const dryRunWanted = flag('dryRun', 'Tell what would come over; write nothing.');
const force = flag('force', 'Also into a ledger that has jobs of its own.');

/**
 * What Oakestra's cluster orchestrator has in its data base, one document a call, so that each is on record
 * by itself and a whole cluster needs no body of megabytes. The same again changes nothing.
 */
@Controller('api/v1/imports/oakestra')
export class OakestraImportsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(SERVICE_RULES) private readonly rules: ServiceRules | null,
    private readonly projection: Projection,
  ) {}

  @Post('nodes')
  @Endpoint({
    id: 'importOakestraNode',
    tag: 'Nodes',
    summary: 'Take a node over from Oakestra’s cluster, with its id',
    needs: 'cluster:import',
    answeredBy: 'leader',
    parameters: [dryRunWanted, force],
    answers: [ok(OakestraNodeImported, 'What became of it.')],
    problems: ['route-unknown', 'ledger-in-use'],
  })
  async node(
    @Body() body: OakestraCandidate,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<OakestraNodeImported> {
    this.rulesOrRefusal();
    const { ...candidate } = body;
    const { _id: id } = body;
    const read = nodeIn(candidate as unknown as JsonObject, id);
    if (!read.ok) {
      const { detail } = read.refusal;
      return { id, name: id, outcome: 'stays-behind', detail };
    }
    const { registration, dialect } = read.value;
    const { name } = registration;
    const told = { id, name, detail: null };
    if (this.projection.state.nodes.get(id) !== undefined) {
      return { ...told, outcome: 'there-already' };
    }
    if (dryRunWanted.of(query)) return { ...told, outcome: 'comes-over' };
    if (!force.of(query)) this.refuseWhereJobsAre();
    const outcome = await this.queue.submit<'RegisterNode'>(
      { type: 'RegisterNode', registration, dialect, token: 'absent' },
      originOf(request, undefined),
    );
    if (outcome.status === 'accepted') return { ...told, outcome: 'comes-over' };
    return { ...told, outcome: 'stays-behind', detail: outcome.refusal.detail };
  }

  @Post('services')
  @Endpoint({
    id: 'importOakestraService',
    tag: 'Jobs',
    summary: 'Take a service over from Oakestra’s cluster: its instances run where they are',
    needs: 'cluster:import',
    answeredBy: 'leader',
    parameters: [dryRunWanted, force],
    answers: [ok(OakestraServiceImported, 'What became of it.')],
    problems: ['route-unknown', 'ledger-in-use'],
  })
  async service(
    @Body() body: OakestraJob,
    @Query() query: QueryString,
    @Req() request: FastifyRequest,
  ): Promise<OakestraServiceImported> {
    const rules = this.rulesOrRefusal();
    const isDry = dryRunWanted.of(query);
    const { ...old } = body;
    const { _id: id } = body;
    const service = serviceIn(old as unknown as JsonObject);
    const known = instancesIn(old as unknown as JsonObject);
    const numbered = known.filter((each) => each !== null);
    const translated = translatedService(id, service, rules);
    const instances: OakestraInstanceImported[] = [];
    for (const { number, worker, hasCompleted } of numbered) {
      const nodeId = this.placeOf(worker, isDry);
      const command = {
        ...({ type: 'TakeOverInstance', id, ...translated, instance: number, nodeId } as const),
        ...{ hasCompleted: hasCompleted && nodeId !== null, force: force.of(query) },
      };
      const outcome = isDry ? this.foreseen(command) : await this.takeOver(command, request);
      const isUnknown = worker !== null && nodeId === null && outcome.outcome === 'comes-over';
      const detail = isUnknown ? whereUnknown(worker) : outcome.detail;
      instances.push({ number, nodeId, ...outcome, detail });
    }
    const { document } = translated.job;
    const without = known.length - numbered.length;
    return {
      ...{ id, name: String(document['name']), instances },
      warnings: [
        ...warningsIn(document),
        ...(without > 0 ? [`${without} instances without a number stay behind`] : []),
      ],
    };
  }

  /** While it is only asked about, nodes have not come over yet. */
  private placeOf(worker: string | null, isDry: boolean): string | null {
    if (worker === null || isDry) return worker;
    return this.projection.state.nodes.get(worker) === undefined ? null : worker;
  }

  private foreseen({ id, instance }: TakingOver): Told {
    const known = this.projection.state.instances.get(instanceKey(id, instance));
    return { outcome: known === undefined ? 'comes-over' : 'there-already', detail: null };
  }

  private async takeOver(command: TakingOver, request: FastifyRequest): Promise<Told> {
    const origin = originOf(request, undefined);
    const outcome = await this.queue.submit<'TakeOverInstance'>(command, origin);
    if (outcome.status === 'refused') {
      if (outcome.refusal.code === 'ledger-in-use') throw new OakringError(outcome.refusal);
      return { outcome: 'stays-behind', detail: outcome.refusal.detail };
    }
    return { outcome: outcome.answer.taken ? 'comes-over' : 'there-already', detail: null };
  }

  /** Before anything is written; that no job came meanwhile is seen to where services are taken over. */
  private refuseWhereJobsAre(): void {
    const refusal = whyNotInto(this.projection.state);
    if (refusal !== null) throw new OakringError(refusal);
  }

  private rulesOrRefusal(): ServiceRules {
    if (this.rules !== null) return this.rules;
    throw new OakringError({
      code: 'route-unknown',
      detail:
        'A manager that does not speak with Oakestra’s workers takes nothing over from it: ' +
        'start it with OAKRING_OAKESTRA=true.',
    });
  }
}

type TakingOver = Extract<Command, { type: 'TakeOverInstance' }>;
type Told = Pick<OakestraInstanceImported, 'outcome' | 'detail'>;

function whereUnknown(worker: string): string {
  return (
    `It is placed anew: there is no node ${worker}, where it was. Should that one run on, there are ` +
    'two until its worker registers.'
  );
}

function warningsIn(document: JsonObject): readonly string[] {
  const { refused, warnings = [] } = document;
  const { detail } = (refused ?? {}) as { readonly detail?: unknown };
  return [...(typeof detail === 'string' ? [detail] : []), ...(warnings as readonly string[])];
}
