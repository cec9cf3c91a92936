import { OakringError, type JobDocument } from '@oakring/contracts';
import type { ClusterState } from '@oakring/model';
import type { FastifyRequest } from 'fastify';
import { beyondSecrets, whyWithoutSecret } from '../../commands/decide/secrets.js';

/** What is only tried is refused as it would be: for a secret that is not there, or not for whoever asks. */
export function refuseWithoutSecrets(
  { caller }: Pick<FastifyRequest, 'caller'>,
  state: ClusterState,
  { document }: JobDocument,
): void {
  const refusal = beyondSecrets(state, caller, document) ?? whyWithoutSecret(state, document);
  if (refusal !== null) throw new OakringError(refusal);
}
