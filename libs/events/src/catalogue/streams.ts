import type { accessEvents } from './access-events.js';
import type { evidenceEvents } from './evidence-events.js';
import type { jobEvents } from './job-events.js';
import type { nodeEvents } from './node-events.js';
import type { secretEvents } from './secret-events.js';

/** The stream that events of a type are in: the part of the catalogue that has its entry says so. */
export type StreamOf<T> = T extends `Checkpoint${string}`
  ? typeof checkpointsStream
  : T extends keyof typeof jobEvents
    ? ReturnType<typeof jobStream>
    : T extends keyof typeof nodeEvents
      ? ReturnType<typeof nodeStream>
      : T extends keyof typeof evidenceEvents
        ? typeof sealsStream
        : T extends keyof typeof accessEvents
          ? typeof accessStream
          : T extends keyof typeof secretEvents
            ? typeof secretsStream
            : typeof clusterStream;

export const clusterStream = 'cluster';
/** Of tokens, and of requests without. */
export const accessStream = 'access';
/** Of secrets, which are encrypted there. */
export const secretsStream = 'secrets';
/** Of keys and schemas (and of the seals of format 1): few events, so that all of them can be shown. */
export const sealsStream = 'seals';
export const checkpointsStream = 'checkpoints';

export function jobStream(id: string): `jobs/${string}` {
  return `jobs/${id}`;
}

export function nodeStream(id: string): `nodes/${string}` {
  return `nodes/${id}`;
}

/** Whom a stream tells about: the id of its job or node; its own name where there is one of its kind. */
export function subjectOf({ stream }: { readonly stream: string }): string {
  return stream.slice(stream.indexOf('/') + 1);
}
