/** A node as it would be with the instance there. */
export interface Rated {
  /** What stays free of each resource that counts, in percent of what the node has of it. */
  readonly shares: readonly number[];
  /** Instances of the same job that it has without this one. */
  readonly present: number;
}

/** How good a node is for an instance in one regard: an integer from 0 to 100, without a unit. */
export interface Score {
  /** In a placement's scores. Never changed: it is on record. */
  readonly name: string;
  /** In the total; a decision's policy name stands for these numbers. */
  readonly weight: number;
  rate(node: Rated): number;
}
