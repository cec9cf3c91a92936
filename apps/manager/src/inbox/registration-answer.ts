import type { Registered, Registration } from '@oakring/contracts';
import type { Answers } from '../commands/command.js';
import { periodMs } from '../detection/sight.js';
import type { NodeTokens } from './node-tokens.js';

/**
 * The answer to a registration that was accepted. Others may hear it: the token is in it only while
 * the node has not presented it (a first answer may have been lost), and never again after that.
 */
export function answerTo(
  { startId }: Registration,
  { givesToken, ...answer }: Answers['RegisterNode'],
  tokens: Pick<NodeTokens, 'token'>,
): Registered {
  return {
    ...answer,
    ...(givesToken ? { token: tokens.token(answer.id) } : {}),
    ...(startId === null ? {} : { startId }),
    periodMs,
  };
}
