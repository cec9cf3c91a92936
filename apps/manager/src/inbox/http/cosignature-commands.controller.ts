import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { OakringError } from '@oakring/contracts';
import { CosignaturesTaken, CosignedCheckpoint } from '@oakring/contracts/http';
import { readCheckpoint, statedCosignature, type Checkpoint } from '@oakring/events';
import { sealedTreeAt } from '@oakring/model';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import { ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { WITNESSES, type WitnessView } from '../../injection/query-tokens.js';
import { COMMAND_QUEUE } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { originOf } from './idempotency.js';
import { settled } from './settled.js';

/** What witnesses say that were not asked: they follow the ledger by themselves, or somebody brings it. */
@Controller('api/v1/ledger/cosignatures')
export class CosignatureCommandsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    @Inject(WITNESSES) private readonly witnesses: readonly WitnessView[],
    private readonly projection: Projection,
  ) {}

  @Post()
  @Endpoint({
    id: 'addCosignatures',
    tag: 'Ledger',
    summary: 'Bring a checkpoint that witnesses cosigned (C2SP tlog-cosignature)',
    needs: 'ledger:cosign',
    answeredBy: 'leader',
    answers: [ok(CosignaturesTaken, 'What lies in the ledger now; the same again when repeated.')],
    problems: ['tree-unknown', 'witness-unknown', 'signature-invalid'],
  })
  async add(
    @Body() { note }: CosignedCheckpoint,
    @Req() request: FastifyRequest,
  ): Promise<CosignaturesTaken> {
    const read = readCheckpoint(note);
    if (read.status === 'refused') {
      const detail = `The note is no checkpoint: ${read.reason}.`;
      throw new OakringError({ code: 'invalid-field', detail, field: 'note' });
    }
    const { position } = read.checkpoint;
    this.demandOurs(read.checkpoint, read.note.text);
    const stated = this.witnesses.flatMap((witness) => {
      const cosignature = statedCosignature(read.note, witness);
      return cosignature === null ? [] : [{ witness, cosignature }];
    });
    if (stated.length === 0) throw this.unknown(read.note.signatures.map(({ name }) => name));
    const origin = originOf(request, undefined);
    for (const { cosignature } of stated) {
      const command = { type: 'CosignCheckpoint', position, ...cosignature } as const;
      settled(await this.queue.submit<'CosignCheckpoint'>(command, origin));
    }
    return { position, witnesses: stated.map(({ witness: { name } }) => name) };
  }

  /** A witness that saw another history than ours says so by a note of its own: nothing of it is taken. */
  private demandOurs({ position, merkleRoot }: Checkpoint, text: string): void {
    const ours = sealedTreeAt(this.projection.state, position);
    if (ours?.note?.startsWith(`${text}\n`) === true) return;
    const detail = `The checkpoint of ${position} commits with root ${merkleRoot} is none of the newest of this ledger.`;
    throw new OakringError({ code: 'tree-unknown', detail, field: 'note', value: position });
  }

  private unknown(names: readonly string[]): OakringError {
    const known = this.witnesses.map(({ name }) => name).join(', ') || 'nobody';
    const detail = `It is signed by ${names.join(', ')}; taken at their word here: ${known}.`;
    return new OakringError({ code: 'witness-unknown', detail, field: 'note' });
  }
}
