/** What a worker tells the person who started it: a kind to colour by, and a line of text. */
export type WorkerLogKind =
  'connected' | 'disconnected' | 'registered' | 'refused' | 'order' | 'ignored' | 'limited';

export type WorkerLog = (kind: WorkerLogKind, text: string) => void;
