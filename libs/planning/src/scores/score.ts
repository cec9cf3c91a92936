/** A node as it would be with the instance there. Of each resource that counts: what stays free, in percent. */
export interface Rated {
  /** Of them all, cut to an integer. */
  readonly average: number;
  /** At most 100. */
  readonly least: number;
  readonly most: number;
  /** Instances of the same job that it has without this one. */
  readonly present: number;
}

/** How good a node is for an instance in one regard: an integer from 0 to 100, without a unit. */
export interface Score {
  /** In the total; a decision's policy name stands for these numbers. */
  readonly weight: number;
  rate(node: Rated): number;
}
