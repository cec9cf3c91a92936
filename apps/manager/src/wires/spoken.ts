import type { Projection } from '../views/projection.js';
import type { Dialect } from './dialect.port.js';
import { nativeDialect } from './native/native.dialect.js';
import { Wires } from './wires.js';

/** The dialects that are spoken here; the first one is that of nodes that nobody knows. */
export const spokenDialects: readonly Dialect[] = [nativeDialect];

/** All of them, to the nodes of a view. */
export function spokenTo({ state }: Pick<Projection, 'state'>): Wires {
  return new Wires(spokenDialects, (nodeId) => state.nodes.get(nodeId)?.dialect ?? null);
}
