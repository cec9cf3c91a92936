import type { EventType } from '@oakring/events';
import type { Sentences } from './sentence.js';

/** What was ordered, and what came of it. */
export const commandSentences: Sentences<Extract<EventType, `Command${string}`>> = {
  CommandIssued: ({ kind, instance, nodeId, generation }, { colors }) =>
    `${colors.magenta(kind)} #${instance} ordered on nodes/${colors.cyan(nodeId)}/controls ` +
    colors.dim(`generation ${generation}`),
  CommandDelivered: ({ commandId }, { order }) =>
    `${order(commandId)}: delivered, by the broker's word`,
  CommandReceived: ({ commandId }, { order, colors }) =>
    colors.dim(`${order(commandId)}: received by the worker`),
  CommandSucceeded: ({ commandId, assumed }, { order, colors }) =>
    `${order(commandId)}: ${colors.green('done')}${assumed ? ' (assumed)' : ''}`,
  CommandFailed: ({ commandId, reason }, { order, colors }) =>
    `${order(commandId)}: ${colors.red('failed')}: ${reason}`,
  CommandSuperseded: ({ commandId, reason }, { order }) =>
    `${order(commandId)}: superseded: ${reason}`,
  CommandReopened: ({ kind, instance, nodeId, reason }, { colors }) =>
    `${colors.yellow(`${kind} #${instance}`)} ordered again on ` +
    `nodes/${colors.cyan(nodeId)}/controls: ${reason}`,
  CommandDispatched: ({ commandId, attempt }, { order, colors }) =>
    colors.dim(`${order(commandId)}: sent again, attempt ${attempt}`),
  CommandHeld: ({ commandId, reason }, { order, colors }) =>
    `${order(commandId)}: ${colors.yellow('waits')}: ${reason}`,
  CommandExpired: ({ commandId, reason }, { order, colors }) =>
    `${order(commandId)}: ${colors.red('expired')}: ${reason}`,
};
