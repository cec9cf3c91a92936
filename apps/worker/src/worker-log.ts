/** What a worker tells the person who started it. */
export type WorkerLogKind =
  'connected' | 'disconnected' | 'registered' | 'refused' | 'order' | 'ignored';

export type WorkerLog = (kind: WorkerLogKind, text: string) => void;
