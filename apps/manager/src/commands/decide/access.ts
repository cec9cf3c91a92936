import { accessStream } from '@oakring/events';
import { holds, isUsedUp, maxTokens, oldestEnded } from '@oakring/model';
import type { Refusal } from '@oakring/contracts';
import type { Answers, Command } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';

/** A name that held before may be given again: whoever has it then is the same to the jobs that it submitted. */
export function grantToken(
  deciding: Deciding,
  { name, role, hash, expiresAt, nodes, joins }: Extract<Command, { type: 'GrantToken' }>,
): Decided<Answers['GrantToken']> {
  const refusal = whyNotGranted(deciding, name);
  if (refusal !== null) {
    const { code, detail } = refusal;
    deciding.emit({
      stream: accessStream,
      type: 'TokenGrantRefused',
      data: { name, code, detail },
    });
    return { refusal };
  }
  const data = {
    ...{ name, role, hash, expiresAt },
    ...(nodes === null ? {} : { nodes }),
    ...(joins === undefined ? {} : { joins }),
  };
  deciding.emit({ stream: accessStream, type: 'TokenGranted', data });
  return { answer: { name, expiresAt, position: deciding.position } };
}

function whyNotGranted({ state, nowMs }: Deciding, name: string): Refusal | null {
  const known = state.tokens.get(name);
  // Of one that let in all that it may nobody needs the name any more.
  if (known !== undefined && holds(known, nowMs) && !isUsedUp(known)) {
    const until = new Date(known.expiresAt).toISOString();
    const detail = `Token ${name} of role ${known.role} holds until ${until}.`;
    return { code: 'token-name-taken', detail, field: 'name', value: name };
  }
  const hasRoom = state.tokens.size < maxTokens || known !== undefined;
  if (hasRoom || oldestEnded(state, nowMs) !== null) return null;
  return {
    code: 'too-many-tokens',
    detail: `${maxTokens} tokens hold, which is all there may be.`,
  };
}

/** Revoked again: the same answer. */
export function revokeToken(
  deciding: Deciding,
  { name }: Extract<Command, { type: 'RevokeToken' }>,
): Decided<Answers['RevokeToken']> {
  const known = deciding.state.tokens.get(name);
  if (known === undefined) {
    return refuse('token-unknown', `There is no token ${name}.`, 'name', name);
  }
  if (known.revoked === null) {
    deciding.emit({ stream: accessStream, type: 'TokenRevoked', data: { name } });
  }
  return { answer: { name, position: deciding.position } };
}
