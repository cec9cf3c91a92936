import type { Projection } from '../views/projection.js';
import type { Dialect } from './dialect.port.js';
import { nativeDialect } from './native/native.dialect.js';
import { oakestraDialect } from './oakestra/oakestra.dialect.js';
import { Wires } from './wires.js';

export {
  arrivalIn,
  type Arrival,
  type MachineRegistration,
} from './oakestra/machine-registration.js';

/** The dialects that are spoken here; the first one is that of nodes that nobody knows. */
export const spokenDialects: readonly Dialect[] = [nativeDialect, oakestraDialect];

/** Without the wires on which nobody can show who he is, unless they are asked for. */
export function dialectsOf({ oakestra }: { readonly oakestra: boolean }): readonly Dialect[] {
  return oakestra ? spokenDialects : [nativeDialect];
}

/** All of them, to the nodes of a view. */
export function spokenTo({ state }: Pick<Projection, 'state'>, dialects = spokenDialects): Wires {
  return new Wires(dialects, (nodeId) => state.nodes.get(nodeId)?.dialect ?? null);
}
