import type { KnownInstance } from './decide-control.js';

/** What became of an instance without an order that would tell. */
export type News = (
  kind: 'started' | 'restarted' | 'resumed' | 'completed' | 'failed' | 'stopped-by-lease',
  instance: KnownInstance,
) => void;
