import { OakringError } from '@oakring/contracts';
import { mayOf } from './holder.js';
import type { Identities } from './identities.js';

/**
 * Whoever may register nodes may speak for them at the broker in this process, too, for those that have no credential of
 * their own: with the token as the password, under any name. Null: it is no such token. Answered with what tells whether
 * it still is one.
 */
export function brokerTokens(
  identities: Pick<Identities, 'ofBearer' | 'stands'>,
): (password: string) => (() => boolean) | null {
  return (password) => {
    const caller = identities.ofBearer(password);
    if (caller instanceof OakringError || caller.by === 'nothing') return null;
    return mayOf(caller).includes('nodes:register') ? () => identities.stands(caller) : null;
  };
}
