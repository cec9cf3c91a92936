import type { Registered } from '@oakring/contracts';

/** What people order about a node. `drain` ends by `EndDrain`. */
export type NodeOrder =
  | { readonly do: 'cordon'; readonly reason: string }
  | { readonly do: 'uncordon' }
  | { readonly do: 'drain'; readonly withinMs: number; readonly force: boolean }
  | { readonly do: 'cancel-drain' }
  | { readonly do: 'quarantine'; readonly reason: string }
  | { readonly do: 'release' }
  | { readonly do: 'label'; readonly labels: Readonly<Record<string, string>> }
  /** Its credential: nobody is the node by it any more. */
  | { readonly do: 'revoke'; readonly reason: string }
  /** `force`: although it speaks. */
  | { readonly do: 'forget'; readonly reason: string; readonly force?: true };

/** `givesToken`: the node has not presented its token yet. */
export type RegistrationAnswer = Omit<Registered, 'token' | 'periodMs'> & {
  readonly givesToken: boolean;
};
