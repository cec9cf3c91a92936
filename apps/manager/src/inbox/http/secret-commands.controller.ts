import { Body, Controller, Delete, Inject, Param, Post, Req } from '@nestjs/common';
import { RotateSecret, SecretOrderAnswer, SetSecret } from '@oakring/contracts/http';
import { OakringError } from '@oakring/contracts';
import { clusterKey, secretOf } from '@oakring/model';
import type { FastifyRequest } from 'fastify';
import type { CommandQueue } from '../../commands/command.js';
import { created, ok } from '../../http/endpoints/answers.js';
import { Endpoint } from '../../http/endpoints/endpoint.js';
import { COMMAND_QUEUE } from '../../injection/tokens.js';
import { SecretVault } from '../../secrets/secret-vault.js';
import { Projection } from '../../views/projection.js';
import { hashOf, idempotencyKey, keyOf, originOf } from './idempotency.js';
import { settled } from './settled.js';

/** What is set of a secret, before it is encrypted. */
interface Plain {
  readonly name: string;
  readonly version: number;
  readonly value: string;
}

/** Secrets are set, given new values, and removed. A value goes no further than into the vault. */
@Controller('api/v1/secrets')
export class SecretCommandsController {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    private readonly vault: SecretVault,
    private readonly projection: Projection,
  ) {}

  @Post()
  @Endpoint({
    id: 'setSecret',
    tag: 'Access',
    summary: 'Set a secret that is not there yet',
    needs: 'secrets:write',
    heeds: 'itself',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [created(SecretOrderAnswer, 'Encrypted, and durable.')],
    problems: ['secret-exists', 'secret-name-wanted', 'secret-changed', 'too-many-secrets'],
  })
  set(
    @Body() { name, value }: SetSecret,
    @Req() request: FastifyRequest,
  ): Promise<SecretOrderAnswer> {
    return this.keep({ name, value, version: 1 }, request);
  }

  @Post(':name/rotate')
  @Endpoint({
    id: 'rotateSecret',
    tag: 'Access',
    summary: 'Give a secret a new value: what starts from now on has it',
    needs: 'secrets:write',
    heeds: 'itself',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(SecretOrderAnswer, 'Encrypted, and durable. What runs keeps what it has.')],
    problems: ['secret-unknown', 'secret-changed', 'too-many-secrets'],
  })
  async rotate(
    @Param('name') name: string,
    @Body() { value }: RotateSecret,
    @Req() request: FastifyRequest,
  ): Promise<SecretOrderAnswer> {
    const current = secretOf(this.projection.state, name)?.versions.at(-1)?.version;
    if (current === undefined) {
      const detail = `There is no secret ${name}.`;
      throw new OakringError({ code: 'secret-unknown', detail, field: 'name', value: name });
    }
    return this.keep({ name, value, version: current + 1 }, request);
  }

  @Delete(':name')
  @Endpoint({
    id: 'removeSecret',
    tag: 'Access',
    summary:
      'Remove a secret for ever: its keys are forgotten, and no copy of the ledger can be read',
    needs: 'secrets:write',
    heeds: 'itself',
    answeredBy: 'leader',
    parameters: [idempotencyKey],
    answers: [ok(SecretOrderAnswer, 'Removed. What runs keeps what it has.')],
    problems: ['secret-unknown'],
  })
  async remove(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
  ): Promise<SecretOrderAnswer> {
    const key = keyOf(request, () => hashOf({}));
    const command = { type: 'RemoveSecret', name } as const;
    return settled(await this.queue.submit<'RemoveSecret'>(command, originOf(request, key), key));
  }

  /** The key is kept before what it opens is on record: nothing on record cannot be opened. */
  private async keep(
    { name, version, value }: Plain,
    request: FastifyRequest,
  ): Promise<SecretOrderAnswer> {
    // A hash of the value would be on record, for everybody to try values against.
    const fingerprint = await this.vault.fingerprint(value);
    const ledger = this.projection.state.cluster.get(clusterKey)?.clusterId ?? '';
    const sealed = await this.vault.seal(value, { ledger, name, version });
    const key = keyOf(request, () => hashOf({ name, fingerprint }));
    const command = { type: 'SetSecret', name, version, ...sealed } as const;
    try {
      const outcome = await this.queue.submit<'SetSecret'>(command, originOf(request, key), key);
      const isUsed = outcome.status === 'accepted' && !outcome.repeated;
      if (!isUsed) await this.vault.forget([sealed.key]);
      return settled(outcome);
    } catch (error) {
      if (!mayBeUsed(error)) await this.vault.forget([sealed.key]);
      throw error;
    }
  }
}

/** Nobody knows whether it was written: a key too many harms nobody. */
function mayBeUsed(error: unknown): boolean {
  return (
    !(error instanceof OakringError) ||
    error.code === 'outcome-unknown' ||
    error.code === 'log-unavailable'
  );
}
