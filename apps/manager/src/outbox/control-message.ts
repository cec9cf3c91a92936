import type { Control, JsonObject } from '@oakring/contracts';
import type { CommandRecord } from '../views/records.js';

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
    job: { ...document, id: command.job },
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
