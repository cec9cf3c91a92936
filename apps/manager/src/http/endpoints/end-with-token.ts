import { accessStream } from '@oakring/events';
import type { Timers } from '@oakring/ports';
import type { FastifyInstance } from 'fastify';
import type { Caller } from '../../access/caller.js';
import type { Identities } from '../../access/identities.js';
import type { Projection } from '../../views/projection.js';
import { endpointOf } from './endpoint.js';

/** Tokens that come to their end by themselves are looked for so often. */
const lookEveryMs = 1_000;

/** An answer of node:http. */
interface Watched {
  readonly closed: boolean;
  destroy(): unknown;
}

const partings = new WeakMap<object, () => void>();

/** Whoever took the connection of an answer ends it himself when the token does, with a word to whoever is there. */
export function partAtTokenEnd(raw: object, part: () => void): void {
  partings.set(raw, part);
}

/**
 * Ends what lasts as long as its reader wants with the token that it was opened with: in the moment in which this
 * manager reads that it was revoked, and within a second of its end.
 */
export function endWithToken(
  server: FastifyInstance,
  identities: Pick<Identities, 'stands'>,
  { projection, timers }: { readonly projection: Projection; readonly timers: Timers },
): void {
  const open = new Map<Watched, Caller>();
  const look = (): void => {
    for (const [raw, caller] of open) {
      if (!raw.closed && !identities.stands(caller)) part(raw);
      // An answer has as many listeners already as it may have: those that ended are found here.
      if (raw.closed) open.delete(raw);
    }
  };
  const forget = projection.onProjected((events) => {
    if (open.size > 0 && events.some(({ stream }) => stream === accessStream)) look();
  });
  const looking = timers.every(lookEveryMs, look);
  server.addHook('onClose', (_server, done) => {
    forget();
    looking.cancel();
    done();
  });
  server.addHook('preHandler', (request, { raw }, done) => {
    if (endpointOf(request)?.isStream === true) open.set(raw, request.caller);
    done();
  });
}

function part(raw: Watched): void {
  const own = partings.get(raw);
  if (own === undefined) raw.destroy();
  else own();
}
