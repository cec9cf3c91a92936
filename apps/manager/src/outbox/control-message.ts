import type { Control, JsonObject } from '@oakring/contracts';
import type { CommandRecord } from '../views/records.js';

/** A worker must not obey an order that reaches it later than this after it was sent. */
export const orderValidMs = 300_000;

/** The payload on `nodes/<id>/controls` for one attempt of a command. */
export function controlMessage(
  command: CommandRecord,
  document: JsonObject | undefined,
  sending: { readonly attempt: number; readonly epoch: number; readonly nowMs: number },
): Control {
  return {
    command: command.kind,
    job: { ...document, id: command.job },
    ...(command.targetNodeId === null ? {} : { worker: command.targetNodeId }),
    commandId: command.id,
    instance: command.instance,
    generation: command.generation,
    attempt: sending.attempt,
    epoch: sending.epoch,
    sentAt: new Date(sending.nowMs).toISOString(),
    expiresAt: new Date(sending.nowMs + orderValidMs).toISOString(),
  };
}
