import { clash, portsOf, type HeldPort } from '@oakring/contracts';
import { filterOf } from './filter.js';

/** A published port is one placement's of a node, from its decision until its end is acknowledged. */
export const ports = filterOf({
  judges: 'held',
  name: 'ports',
  phrase: 'where a port is taken',
  asks({ requirement }) {
    const asked = portsOf(requirement);
    return asked.length === 0 ? null : asked;
  },
  passes: (held, asked) => takenOf(held, asked) === null,
  obstacle(held, asked) {
    const taken = takenOf(held, asked);
    return taken === null ? 'has the port' : `has port ${taken.port} taken by job ${taken.job}`;
  },
});

function takenOf(held: readonly HeldPort[], asked: readonly string[]): HeldPort | null {
  for (const each of held) if (asked.some((port) => clash(each.port, port))) return each;
  return null;
}
