/** What people order about a node. `drain` ends by `EndDrain`. */
export type NodeOrder =
  | { readonly do: 'cordon'; readonly reason: string }
  | { readonly do: 'uncordon' }
  | { readonly do: 'drain'; readonly withinMs: number; readonly force: boolean }
  | { readonly do: 'cancel-drain' }
  | { readonly do: 'quarantine'; readonly reason: string }
  | { readonly do: 'release' }
  | { readonly do: 'forget'; readonly reason: string };
