import type { EventLine } from '@oakring/contracts';
import type { EventData, EventType } from '@oakring/events';
import type { Colors } from '../terminal.js';
import { printable } from './printable.js';
import { resourcesText } from './measures.js';

/** Commands whose order is remembered, so that their outcome can be told in words. */
const maxRememberedOrders = 10_000;

/** One line for a person about one event: where it stands, when, about whom, what. */
export type Narrator = (event: EventLine) => string;

/** Tells events in their order; what was ordered before explains what is answered later. */
export function createNarrator(colors: Colors): Narrator {
  const tell = createTeller(colors);
  return (event) => {
    const address = `${event.position}/${event.index}`.padStart(8);
    const time = event.at.slice(5, 23).replace('T', ' ');
    return `${colors.dim(`${address}  ${time}`)}  ${subjectOf(event, colors)}  ${tell(event)}`;
  };
}

/** Only the sentence of an event, without its address, time and subject. */
export function createTeller(colors: Colors): Narrator {
  const orders = new Map<string, string>();
  const telling: Telling = { colors, order: (id) => orders.get(id) ?? `command ${id}` };
  return (line) => {
    const event = printable(line);
    if (isOrder(event)) remember(orders, event.data);
    return sentenceOf(event, telling);
  };
}

function subjectOf(event: EventLine, colors: Colors): string {
  const stream = printable(event.stream);
  const name = stream.slice(stream.indexOf('/') + 1).padEnd(14);
  return stream.startsWith('nodes/') ? colors.cyan(name) : colors.bold(name);
}

type Order = EventData<'CommandIssued'>;

function isOrder(event: EventLine): event is EventLine & { readonly data: Order } {
  return event.type === 'CommandIssued' || event.type === 'CommandReopened';
}

function remember(orders: Map<string, string>, { commandId, kind, instance, nodeId }: Order): void {
  const [oldest] = orders.keys();
  if (orders.size >= maxRememberedOrders && oldest !== undefined) orders.delete(oldest);
  orders.set(commandId, `${kind} of #${instance} on ${nodeId}`);
}

interface Telling {
  readonly colors: Colors;
  /** What a command orders, in words; its id when the order was not seen. */
  order(commandId: string): string;
}

function sentenceOf(event: EventLine, telling: Telling): string {
  if (Object.hasOwn(sentences, event.type)) {
    // The line above says so; the manager wrote the data by the same catalogue.
    const sentence = sentences[event.type as EventType] as Sentence<unknown>;
    try {
      return sentence(event.data, telling);
    } catch {
      // A manager of another release may have written it otherwise: it is shown as it came.
    }
  }
  return `${event.type} ${JSON.stringify(event.data)}`;
}

type Sentence<D> = (data: D, telling: Telling) => string;

/** Every type of event has its sentence; a new type does not compile without one. */
const sentences: { readonly [T in EventType]: Sentence<EventData<T>> } = {
  ClusterFounded: ({ name, clusterId }) => `the cluster "${name}" was founded (${clusterId})`,
  EpochOpened: ({ epoch, pid, host, software }) =>
    `epoch ${epoch} opened by process ${pid} on ${host} (${software})`,
  KeyPresented: ({ fingerprint, founding }) =>
    `key ${fingerprint.slice(0, 16)} presented${founding ? ', and counts: it founded the log' : ''}`,
  KeyEndorsed: ({ fingerprint, by }) =>
    `key ${fingerprint.slice(0, 16)} endorsed by ${by.slice(0, 16)}`,
  KeyRevoked: ({ fingerprint, by }, { colors }) =>
    colors.yellow(`key ${fingerprint.slice(0, 16)} revoked by ${by.slice(0, 16)}`),
  LedgerSealed: ({ position, hash, fingerprint }) =>
    `sealed up to position ${position}, hash ${hash.slice(0, 16)}, by key ${fingerprint.slice(0, 16)}`,
  RequestAnswered: ({ request }) => `${request} changed nothing`,
  RequestRefused: ({ request, detail }, { colors }) => colors.red(`${request} refused: ${detail}`),
  TelemetryTruncated: ({ segment, firstBatch, lastBatch, readings }) =>
    `readings dropped: segment ${segment}, batches ${firstBatch}–${lastBatch}, ${readings} of them`,

  NodeRegistered: (node, { colors }) =>
    `${colors.green('registered')}: ${resourcesText(node.capacity)}${node.assumed ? ' (assumed)' : ''}, ` +
    `${node.technologies.join(', ')} ${colors.dim(`start ${node.incarnation}`)}`,
  NodeRegistrationRefused: ({ detail }, { colors }) => colors.red(`not registered: ${detail}`),
  NodeBecameReady: ({ reason }, { colors }) => `${colors.green('ready')}: ${reason}`,
  NodeSuspected: ({ reason }, { colors }) => `${colors.yellow('suspect')}: ${reason}`,
  NodeDisconnected: ({ reason }, { colors }) => `${colors.red('disconnected')}: ${reason}`,
  NodeLost: ({ reason }, { colors }) => `${colors.red('lost')}: ${reason}`,

  JobSubmitted: (job, { colors }) =>
    `${colors.green('submitted')}: ${job.desired} × ${String(job.document['image'])} ` +
    `(${job.technology}, ${resourcesText(job.resources)} each)`,
  JobSubmissionRefused: ({ detail }, { colors }) => colors.red(`not submitted: ${detail}`),
  JobScaled: ({ desired, added, removed }) =>
    `scaled to ${desired}: ${added.length} more, ${removed.length} fewer`,
  JobScaleRefused: ({ detail }, { colors }) => colors.red(`not scaled: ${detail}`),
  JobDeletionOrdered: (_, { colors }) => colors.yellow('deletion ordered'),
  JobEnded: (_, { colors }) => colors.green('ended: its id is free again'),

  InstancesPlaced: ({ placements }, { colors }) =>
    placements
      .map(
        ({ instance, nodeId, reason }) =>
          `#${instance} → ${colors.cyan(nodeId)} ${colors.dim(`because: ${reason}`)}`,
      )
      .join('; '),
  PlacementRefused: ({ instances, detail }, { colors }) =>
    `${colors.yellow(`${instances.map((number) => `#${number}`).join(', ')} waits`)}: ${detail}`,
  MoveStarted: ({ instance, fromNodeId, placement }, { colors }) =>
    `#${instance} moves ${colors.cyan(fromNodeId)} → ${colors.cyan(placement.nodeId)} ` +
    colors.dim(`because: ${placement.reason}`),
  MoveCompleted: ({ instance, confirmed }, { colors }) =>
    colors.green(`#${instance} runs at its new place`) + (confirmed ? '' : ' (not confirmed)'),
  MoveAborted: ({ instance, reason }, { colors }) =>
    `${colors.yellow(`#${instance} stays where it is`)}: ${reason}`,
  MoveRefused: ({ detail }, { colors }) => colors.red(`not moved: ${detail}`),

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
  InstanceReported: ({ instance, nodeId, status, reason }, { colors }) =>
    `#${instance} on ${colors.cyan(nodeId)} is ${status}: ${reason}`,
};
