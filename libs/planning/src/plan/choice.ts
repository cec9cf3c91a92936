import type { FilterCounts } from '@oakring/contracts';

/** Where an instance goes, and what it was chosen from. */
export interface Choice {
  readonly slot: number;
  /** `named`: by the job; `sampled`: some feasible nodes were drawn; `all`: every node was looked at. */
  readonly from: 'named' | 'sampled' | 'all';
  /** Feasible nodes that it was the best of. */
  readonly feasible: number;
  /** Why the others that were looked at were passed over. */
  readonly filtered: FilterCounts;
}
