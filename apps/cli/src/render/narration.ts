import type { EventLine } from '@oakring/contracts';
import { isEventType, type EventData, type EventType } from '@oakring/events';
import type { Terminal } from '../terminal.js';

type Colors = Terminal['colors'];

/** One line for a person about one event: when, where, what. */
export function narrate(event: EventLine, colors: Colors): string {
  const address = colors.dim(`${event.position}/${event.index}`.padStart(8));
  const time = colors.dim(event.at.slice(11, 23));
  return `${address}  ${time}  ${subject(event, colors)}  ${tell(event, colors)}`;
}

function subject(event: EventLine, colors: Colors): string {
  const slash = event.stream.indexOf('/');
  const name = slash === -1 ? event.stream : event.stream.slice(slash + 1);
  return event.stream.startsWith('nodes/') ? colors.cyan(name) : colors.bold(name);
}

type Teller<T extends EventType> = (data: EventData<T>, colors: Colors) => string;

/** Every type of event has its sentence; a new one does not compile without. */
const tellers: { readonly [T in EventType]: Teller<T> } = {
  ClusterFounded: (data) => `the cluster "${data.name}" was founded (${data.clusterId})`,
  EpochOpened: (data) => `epoch ${data.epoch} opened by process ${data.pid} on ${data.host}`,
  TelemetryTruncated: (data) =>
    `telemetry segment ${data.segment} dropped: batches ${data.firstBatch}–${data.lastBatch}, ${data.readings} readings`,
  RequestAnswered: (data) => `${data.request} changed nothing`,
  RequestRefused: (data, c) => c.red(`${data.request} refused: ${data.detail}`),
  NodeRegistered: (data, c) =>
    c.green(
      `registered: ${data.capacity.cpuMillis}m CPU, ${data.capacity.memoryMiB}Mi, ${data.technologies.join(', ')}`,
    ) + c.dim(` (start ${data.incarnation}${data.assumed ? ', capacity assumed' : ''})`),
  NodeRegistrationRefused: (data, c) => c.red(`registration refused: ${data.detail}`),
  NodeBecameReady: (data, c) => `${c.green('ready')}: ${data.reason}`,
  NodeSuspected: (data, c) => `${c.yellow('suspect')}: ${data.reason}`,
  NodeDisconnected: (data, c) => `${c.red('disconnected')}: ${data.reason}`,
  NodeLost: (data, c) => `${c.red('lost')}: ${data.reason}`,
  JobSubmitted: (data, c) =>
    `${c.green('submitted')}: ${data.desired} × ${String(data.document['image'])} (${data.technology}, ${data.resources.cpuMillis}m, ${data.resources.memoryMiB}Mi each)`,
  JobSubmissionRefused: (data, c) => c.red(`refused: ${data.detail}`),
  JobScaled: (data) => `scaled to ${data.desired}`,
  JobScaleRefused: (data, c) => c.red(`not scaled: ${data.detail}`),
  JobDeletionOrdered: (_, c) => c.yellow('deletion ordered'),
  JobEnded: (_, c) => c.green('ended: its id is free again'),
  InstancesPlaced: (data, c) =>
    data.placements
      .map((placed) => `#${placed.instance} → ${c.cyan(placed.nodeId)} ${c.dim(placed.reason)}`)
      .join('; '),
  PlacementRefused: (data, c) => `${c.yellow('waits')}: ${data.detail}`,
  MoveStarted: (data, c) =>
    `#${data.instance} moves ${c.cyan(data.fromNodeId)} → ${c.cyan(data.placement.nodeId)} ${c.dim(data.placement.reason)}`,
  MoveCompleted: (data, c) => c.green(`#${data.instance} runs at its new place`),
  MoveAborted: (data, c) => c.yellow(`#${data.instance} stays: ${data.reason}`),
  MoveRefused: (data, c) => c.red(`not moved: ${data.detail}`),
  CommandIssued: (data, c) =>
    `${c.magenta(data.kind)} #${data.instance} → ${c.cyan(data.nodeId)} ${c.dim(`(command ${data.commandId}, generation ${data.generation})`)}`,
  CommandDelivered: (data) => `command ${data.commandId} delivered, by the broker's word`,
  CommandReceived: (data, c) => c.dim(`command ${data.commandId} received by the worker`),
  CommandSucceeded: (data, c) =>
    `command ${data.commandId} ${c.green('succeeded')}${data.assumed ? ' (assumed)' : ''}`,
  CommandFailed: (data, c) => `command ${data.commandId} ${c.red('failed')}: ${data.reason}`,
  CommandSuperseded: (data) => `command ${data.commandId} superseded: ${data.reason}`,
  CommandReopened: (data, c) => c.yellow(`command ${data.commandId} again: ${data.reason}`),
  InstanceReported: (data) =>
    `#${data.instance} on ${data.nodeId} is ${data.status}: ${data.reason}`,
};

function tell(event: EventLine, colors: Colors): string {
  if (!isEventType(event.type)) return `${event.type} ${JSON.stringify(event.data)}`;
  // The manager wrote the event by the same catalogue; its teller takes the data of its type.
  const teller = tellers[event.type] as (data: unknown, colors: Colors) => string;
  return teller(event.data, colors);
}
