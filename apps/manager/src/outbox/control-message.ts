import type { Control, JsonObject } from '@oakring/contracts';
import type { CommandRecord } from '@oakring/model';

/** A worker must not obey an order that reaches it later than this after it was sent. */
export const orderValidMs = 300_000;

/** The payload on `nodes/<id>/controls` for one attempt of a command. */
export function controlMessage(
  command: CommandRecord,
  document: JsonObject | undefined,
  sending: {
    readonly attempt: number;
    readonly nowMs: number;
    readonly epoch: number;
    readonly ledger?: string;
    readonly digest?: string;
  },
): Control {
  const { attempt, nowMs, ...identity } = sending;
  return {
    command: command.kind,
    job: { ...jobFor(command.kind, document), id: command.job },
    ...(command.targetNodeId === null ? {} : { worker: command.targetNodeId }),
    commandId: command.id,
    instance: command.instance,
    generation: command.generation,
    attempt,
    ...identity,
    sentAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + orderValidMs).toISOString(),
  };
}

/**
 * What is to run is told with all that the document says. To end it, or to know that it is being taken
 * over, takes its names and how it runs: an order to end must pass wherever the one to start could not.
 */
function jobFor(kind: CommandRecord['kind'], document: JsonObject = {}): JsonObject {
  if (kind === 'deploy' || kind === 'replicate') return document;
  const kept = ['name', 'image', 'technology'].filter((field) => document[field] !== undefined);
  return Object.fromEntries(kept.map((field) => [field, document[field]]));
}
