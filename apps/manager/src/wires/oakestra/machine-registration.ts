import type { JsonObject, Parsed, Refusal, Registration } from '@oakring/contracts';
import { readRegistration, type Machine } from '@oakring/contracts/oakestra';
import { sha256 } from '@oakring/crypto';
import type { NodeRecord } from '@oakring/model';
import { oakestraDialect } from './oakestra.dialect.js';

/** A registration as the core takes it. */
export interface MachineRegistration {
  readonly registration: Registration;
  readonly dialect: string;
  /** It is the machine that has this id. Otherwise one that has it speaks from elsewhere. */
  readonly isItself: boolean;
}

interface Known {
  readonly nodes: Iterable<NodeRecord>;
  /** Whether a node was heard just now. */
  isHeard(nodeId: string): boolean;
}

/** What a worker says of its machine when it starts; which machine it is comes of `claimOf`. */
export interface Arrival {
  /** Machines that are told apart by addresses alone have the same. */
  readonly kind: string;
  readonly leftOut: readonly Refusal[];
  /** As what it is taken in, by those that are known just now. */
  claimOf(known: Known): MachineRegistration;
}

/** The body of `POST /api/node/register`, from `peerIp`. */
export function arrivalIn(body: JsonObject, peerIp: string): Parsed<Arrival> {
  const read = readRegistration(body, peerIp);
  if (!read.ok) return read;
  const { machine, system, ...facts } = read.value;
  const { host: name, ip, macs } = machine;
  const stated = {
    ...{ ...facts, name, ip, labels: {}, assumed: false, acknowledges: true, enforcesStop: false },
    ...{ incarnation: null, startId: null, yields: false, token: null },
    ...{ features: [], hostPaths: [], registries: [] },
    extra: { machine: { kind: kindOf(machine), macs }, system },
  };
  const claimOf = (known: Known): MachineRegistration => {
    const { id, isItself } = whoIs(machine, known);
    return { registration: { ...stated, id }, dialect: oakestraDialect.name, isItself };
  };
  return { ok: true, value: { kind: kindOf(machine), leftOut: read.leftOut ?? [], claimOf } };
}

const idDigits = 24;

/** What copies of one disk have in common. The id of a system is not for everybody to see. */
function kindOf({ hostid, host }: Pick<Machine, 'hostid' | 'host'>): string {
  return sha256(`${hostid ?? ''}\n${host}`).slice(0, idDigits);
}

/**
 * The same machine has the same id for ever: the program that connects its networks takes no other. It
 * is the same by name, system and a network card; where none is known on either side, by its address,
 * or because that node has fallen silent. One that is like a node in all of this, but has another
 * address while that node still speaks, is not let in as that node. With another name it is the same
 * only by system, card and address together: of copies of a machine the name may be all that differs.
 */
function whoIs(machine: Machine, known: Known): { id: string; isItself: boolean } {
  const kind = kindOf(machine);
  // Of what was taken over from another orchestrator the system may not be known.
  const kinds: readonly unknown[] = [kind, kindOf({ ...machine, hostid: null })];
  const taken = new Set<string>();
  const alike: Alike[] = [];
  for (const node of known.nodes) {
    taken.add(node.id);
    const before = node.dialect === oakestraDialect.name ? traitsOf(node) : null;
    if (before === null) continue;
    const isCalledSo = kinds.includes(before.kind);
    const sharesCard = before.macs.some((mac) => machine.macs.includes(mac));
    const isHere = node.ip === machine.ip;
    const isUnknown = before.macs.length === 0 || machine.macs.length === 0;
    const isSame = isUnknown ? isHere || !known.isHeard(node.id) : sharesCard;
    const isRenamed = sharesCard && isHere && isOfSystem(before, node.name, machine);
    if (isCalledSo ? isSame : isRenamed) alike.push({ node, isCalledSo, sharesCard, isHere });
  }
  const [best] = alike.sort((one, other) => likeness(other) - likeness(one));
  if (best === undefined) return { id: newId(machine, taken), isItself: true };
  const { id, ip } = best.node;
  return { id, isItself: ip === machine.ip || !known.isHeard(id) };
}

interface Alike {
  readonly node: NodeRecord;
  readonly isCalledSo: boolean;
  readonly sharesCard: boolean;
  readonly isHere: boolean;
}

function likeness({ isCalledSo, sharesCard, isHere }: Alike): number {
  return Number(isCalledSo) * 4 + Number(sharesCard) * 2 + Number(isHere);
}

/** Whether a node that has another name runs the system of this machine. */
function isOfSystem(before: Traits, host: string, { hostid }: Machine): boolean {
  return hostid !== null && before.kind === kindOf({ hostid, host });
}

interface Traits {
  readonly kind: unknown;
  readonly macs: readonly string[];
}

/** As `arrivalIn` had them kept. */
function traitsOf({ extra }: NodeRecord): Traits | null {
  const traits = extra['machine'] as Partial<Traits> | undefined;
  return Array.isArray(traits?.macs) ? { kind: traits.kind, macs: traits.macs } : null;
}

/** The same for the same machine, also in a cluster that begins anew; a twin gets another. */
function newId(machine: Machine, taken: ReadonlySet<string>): string {
  const kind = kindOf(machine);
  const marks = [kind, `${kind}\n${machine.macs.join()}`, `${kind}\n${machine.ip}`];
  for (let count = 0; ; count += 1) {
    const mark = marks[count] ?? `${kind}\n${machine.macs.join()}\n${machine.ip}\n${count}`;
    const id = sha256(mark).slice(0, idDigits);
    if (!taken.has(id)) return id;
  }
}
