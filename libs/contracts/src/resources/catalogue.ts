/**
 * What a node has an amount of and an instance takes some of. Amounts are whole numbers: the unit is
 * the smallest piece that can be given away.
 */
export interface ResourceKind {
  /** What people call it: `CPU`. */
  readonly label: string;
  /** Its unit in a sentence: `250 cpuMillis`. */
  readonly unit: string;
  /** Its unit in a table, behind the figure: `250m`; and where no column names it: `250m CPU`. */
  readonly suffix: string;
  readonly suffixAlone: string;
  /** Beyond any node; sums over 100 000 nodes stay below 2^53. */
  readonly maximum: number;
  /** What a node that states nothing counts as (marked `assumed`). */
  readonly assumed: number;
  /** What a job that states nothing reserves. */
  readonly requested: number;
  /** True: every document and event states it. False: it is left out where it is 0. */
  readonly everywhere: boolean;
  /** The figure of a reading that says how much of it is in use; null: no reading does. */
  readonly measured: 'cpu' | 'memory' | null;
}

/**
 * Every resource there is; a new one is an entry here. Those that are not everywhere count in the
 * scores of the jobs that ask for them alone.
 */
export const resourceCatalogue = {
  /** Thousandths of a core. */
  cpuMillis: {
    ...{ label: 'CPU', unit: 'cpuMillis', suffix: 'm', suffixAlone: 'm CPU' },
    // 65 536 cores.
    ...{ maximum: 65_536_000, assumed: 4000, requested: 100 },
    ...({ everywhere: true, measured: 'cpu' } as const),
  },
  memoryMiB: {
    ...{ label: 'memory', unit: 'MiB', suffix: ' MiB', suffixAlone: ' MiB' },
    // 1 PiB.
    ...{ maximum: 1_073_741_824, assumed: 8192, requested: 64 },
    ...({ everywhere: true, measured: 'memory' } as const),
  },
  gpus: {
    ...{ label: 'GPU', unit: 'GPUs', suffix: ' GPU', suffixAlone: ' GPU' },
    ...{ maximum: 4096, assumed: 0, requested: 0 },
    ...({ everywhere: false, measured: null } as const),
  },
} satisfies Readonly<Record<string, ResourceKind>>;

type Catalogue = typeof resourceCatalogue;
export type ResourceName = keyof Catalogue;
type Everywhere = {
  [Name in ResourceName]: Catalogue[Name]['everywhere'] extends true ? Name : never;
}[ResourceName];

/** An amount of each resource; one that is left out is 0. */
export type Resources = { readonly [Name in Everywhere]: number } & {
  readonly [Name in Exclude<ResourceName, Everywhere>]?: number;
};

// The names of a literal are what its type says.
export const resourceNames = Object.keys(resourceCatalogue) as readonly ResourceName[];
