import type { HeldPort, NodeFacts, Requirement } from '@oakring/contracts';

/** What is asked of nodes: what the job requires, and which nodes this one question leaves out. */
export interface Demand {
  readonly requirement: Requirement;
  readonly exclude: ReadonlySet<string>;
}

/** All of a node but its names, its resources and its ports; most clusters have a handful of makes. */
export type Make = Pick<
  NodeFacts,
  | 'status'
  | 'open'
  | 'technologies'
  | 'architecture'
  | 'labels'
  | 'enforcesStop'
  | 'addons'
  | 'drivers'
  | 'features'
  | 'hostPaths'
  | 'registries'
  | 'diskLacks'
>;

/** Which change can help a job that waits because nodes fail a filter. */
export type WakeUp =
  /** Of any node: it registers, comes back, is opened. */
  | { readonly by: 'node' }
  /** Of one of these nodes, and of no other. */
  | { readonly by: 'named'; readonly ids: readonly string[] }
  /** A node has as much free. */
  | { readonly by: 'room'; readonly resource: string; readonly atLeast: number }
  /** None: it holds for this one question, and the next one asks anew. */
  | { readonly by: 'asking' };

interface Told {
  /** In a decision's counts. Never changed: it is on record. */
  readonly name: string;
  /** Reads after a count: `2 not ready`. */
  readonly phrase: string;
}

/**
 * One reason for which a node cannot take an instance. It sees no more of a job than it `asks` for
 * (plain JSON): jobs that ask the same of every filter are the same to all.
 */
interface Asking<Asked> extends Told {
  /** Null: the job asks for nothing of the kind, and every node passes. */
  asks(demand: Demand): Asked | null;
  wokenBy(asked: Asked): WakeUp;
}

/** Of what a node is, whatever the job. */
interface StateFilter extends Told {
  readonly judges: 'state';
  passes(make: Make): boolean;
  /** Follows the node's name: `is not ready`. */
  obstacle(make: Make): string;
}

/** Of what a node is and a job asks; decided once for all nodes of a make. */
interface MakeFilter<Asked> extends Asking<Asked> {
  readonly judges: 'make';
  passes(make: Make, asked: Asked): boolean;
  obstacle(make: Make, asked: Asked): string;
}

/** Of which node it is: its id, and what its machine is called. */
interface NameFilter<Asked> extends Asking<Asked> {
  readonly judges: 'name';
  passes(id: string, asked: Asked, name: string): boolean;
  obstacle(make: Make, asked: Asked): string;
}

/** Of what is free there of one resource: as much as is asked for, or more, helps and passes. */
interface RoomFilter extends Told {
  readonly judges: 'room';
  readonly resource: string;
  asks(demand: Demand): number | null;
  obstacle(make: Make): string;
}

/** Of how much it has of one resource in all. */
interface SizeFilter extends Told {
  readonly judges: 'size';
  readonly resource: string;
  asks(demand: Demand): number | null;
  obstacle(asked: number): string;
}

/** Of the ports that placements there have: those who ask for others are in nobody's way. */
interface HeldFilter extends Told {
  readonly judges: 'held';
  asks(demand: Demand): readonly string[] | null;
  passes(held: readonly HeldPort[], asked: readonly string[]): boolean;
  obstacle(held: readonly HeldPort[], asked: readonly string[]): string;
}

type FilterParts<Asked> =
  SizeFilter | StateFilter | MakeFilter<Asked> | NameFilter<Asked> | RoomFilter | HeldFilter;

/** Several lists, of each of which one will do. */
export function eachIn(lists: readonly (readonly string[])[]): string {
  return lists.map((list) => list.join(' or ')).join(' and ');
}

/** A filter with what one job asks of it. */
export type Test = { readonly filter: Filter } & (
  | { readonly judges: 'state' | 'make'; passes(make: Make): boolean }
  | { readonly judges: 'name'; passes(id: string, name: string): boolean }
  | { readonly judges: 'room' | 'size'; readonly resource: string; readonly atLeast: number }
  | {
      readonly judges: 'held';
      readonly ports: readonly string[];
      passes(held: readonly HeldPort[]): boolean;
    }
) & {
    readonly asked: unknown;
    readonly wokenBy: WakeUp;
    obstacle(make: Make, held: readonly HeldPort[]): string;
  };

export interface Filter extends Told {
  /** Null where the job asks for nothing of the kind. */
  testFor(demand: Demand): Test | null;
}

const anyNode = { by: 'node' } as const;

/** A filter of the list, whatever it asks for. */
export function filterOf<Asked>(parts: FilterParts<Asked>): Filter {
  const { name, phrase } = parts;
  if (parts.judges === 'state') return stateFilter(parts);
  if (parts.judges === 'room') return roomFilter(parts);
  if (parts.judges === 'size') return sizeFilter(parts);
  if (parts.judges === 'held') return heldFilter(parts);
  const filter: Filter = {
    name,
    phrase,
    testFor(demand) {
      const asked = parts.asks(demand);
      return asked === null ? null : testOf(filter, parts, asked);
    },
  };
  return filter;
}

function testOf<Asked>(
  filter: Filter,
  parts: MakeFilter<Asked> | NameFilter<Asked>,
  asked: Asked,
): Test {
  const wokenBy = parts.wokenBy(asked);
  const obstacle = (make: Make): string => parts.obstacle(make, asked);
  if (parts.judges === 'make') {
    const passes = (make: Make): boolean => parts.passes(make, asked);
    return { filter, judges: 'make', passes, asked, wokenBy, obstacle };
  }
  const passes = (id: string, name: string): boolean => parts.passes(id, asked, name);
  return { filter, judges: 'name', passes, asked, wokenBy, obstacle };
}

function stateFilter({ name, phrase, judges, passes, obstacle }: StateFilter): Filter {
  const filter: Filter = { name, phrase, testFor: () => test };
  const test: Test = { filter, judges, passes, obstacle, asked: true, wokenBy: anyNode };
  return filter;
}

function roomFilter({ name, phrase, judges, resource, asks, obstacle }: RoomFilter): Filter {
  const filter: Filter = {
    name,
    phrase,
    testFor(demand) {
      const atLeast = asks(demand);
      if (atLeast === null) return null;
      const wokenBy = { by: 'room', resource, atLeast } as const;
      return { filter, judges, resource, atLeast, asked: atLeast, wokenBy, obstacle };
    },
  };
  return filter;
}

function sizeFilter({ name, phrase, judges, resource, asks, obstacle }: SizeFilter): Filter {
  const filter: Filter = {
    name,
    phrase,
    testFor(demand) {
      const atLeast = asks(demand);
      if (atLeast === null) return null;
      const lacks = (): string => obstacle(atLeast);
      const asked = { resource, atLeast, asked: atLeast, wokenBy: anyNode };
      return { filter, judges, ...asked, obstacle: lacks };
    },
  };
  return filter;
}

function heldFilter({ name, phrase, judges, ...parts }: HeldFilter): Filter {
  const filter: Filter = {
    name,
    phrase,
    testFor(demand) {
      const ports = parts.asks(demand);
      if (ports === null) return null;
      const passes = (held: readonly HeldPort[]): boolean => parts.passes(held, ports);
      const obstacle = (_make: Make, held: readonly HeldPort[]): string =>
        parts.obstacle(held, ports);
      return { filter, judges, ports, asked: ports, passes, obstacle, wokenBy: anyNode };
    },
  };
  return filter;
}
