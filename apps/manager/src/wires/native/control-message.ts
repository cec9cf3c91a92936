import type { Control, JsonObject } from '@oakring/contracts';
import type { CommandRecord } from '@oakring/model';
import type { CommandToSend } from '../dialect.port.js';

/** What one attempt of a command says on `nodes/<id>/controls`. */
export function controlMessage(order: CommandToSend): Control {
  const { command, toldId, document, attempt, nowMs, validMs, epoch, ledger, digest, trace } =
    order;
  const { secrets = {} } = order;
  return {
    command: command.kind,
    job: { ...jobFor(command.kind, document), id: command.job },
    ...(command.targetNodeId === null ? {} : { worker: command.targetNodeId }),
    commandId: toldId ?? command.id,
    instance: command.instance,
    generation: command.generation,
    ...{ attempt, epoch },
    ...(ledger === undefined ? {} : { ledger }),
    ...(digest === undefined ? {} : { digest }),
    sentAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + validMs).toISOString(),
    ...(trace === undefined ? {} : { traceparent: trace }),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
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
