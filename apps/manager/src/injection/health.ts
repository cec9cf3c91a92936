/** What a manager is to the cluster now, and what of it stands in the way of its work. */
export type Standing =
  | {
      readonly role: 'leader';
      /** The lease is renewed: nobody else may lead by now. */
      readonly isHeld: boolean;
      readonly reachesBroker: boolean;
    }
  | {
      readonly role: 'follower';
      /** It has read all that there is. */
      readonly isCurrent: boolean;
      /** The cluster has had a leader since this manager started. */
      readonly hasSeenLeader: boolean;
      /** Why it does not take a lease that is free. */
      readonly objection: string | null;
    };

/** Something that ends in moments as a rule. */
export interface Underway {
  /** The same for as long as it is the same one, and has not come a step further. */
  readonly key: string;
  readonly what: string;
}

/** How one part of a manager does, as probes are told: they need no token, and are told no address. */
export interface PartHealth {
  readonly part: string;
  /** Degraded: something fails, and what is promised is kept all the same. */
  readonly status: 'up' | 'degraded' | 'down';
  readonly detail: string;
  /** What to do about it; absent: nothing has to be done. */
  readonly remedy?: string;
  /** Wall clock: since when it has been so. */
  readonly sinceMs: number;
}
