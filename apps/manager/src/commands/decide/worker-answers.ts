import { jobStream } from '@oakring/events';
import type { Ack } from '@oakring/contracts';
import {
  commandTold,
  isStart,
  placementKey,
  leadershipOf,
  type CommandRecord,
} from '@oakring/model';
import { refuse, type Decided, type Deciding } from './deciding.js';
import { speakingNode } from './node-presence.js';
import { concludeEnd, failMoveTo } from './failures.js';
import { linesOfFailure } from './last-lines.js';
import { seenAlive } from './node-registration.js';
import { abortMoveTo, concludeDeletion, concludeStart } from './orders.js';

/**
 * `nodes/<id>/acks`. Each phase counts once; a repetition, or a phase that comes late, changes
 * nothing. An ack from a worker that did not declare `acknowledges` counts all the same.
 */
export function recordAck(deciding: Deciding, nodeId: string, ack: Ack): Decided<null> {
  const speaker = speakingNode(deciding, nodeId, ack.incarnation);
  if ('refusal' in speaker) return speaker;
  const { ledger: ours } = leadershipOf(deciding.state);
  // Ids are addresses in a ledger: another one has the same.
  const isOurs = (ack.ledger ?? ours) === ours;
  const command = isOurs ? commandTold(deciding.state, ack.commandId) : undefined;
  if (command === undefined || command.nodeId !== nodeId) {
    return refuse(
      'command-unknown',
      `Node ${nodeId} was never given a command ${ack.commandId}.`,
      'commandId',
      ack.commandId,
    );
  }
  if (ack.generation !== null && ack.generation !== command.generation) {
    return refuse(
      'invalid-field',
      `Command ${command.id} is about generation ${command.generation}, not ${ack.generation}.`,
      'generation',
      ack.generation,
    );
  }
  // Known by now: what a worker says to answer may be any text.
  deciding.followsFrom(command.id);
  seenAlive(deciding, speaker.node, 'acknowledged a command');
  if (command.status !== 'ended') advance(deciding, command, ack);
  return { answer: null };
}

function advance(deciding: Deciding, command: CommandRecord, ack: Ack): void {
  switch (ack.phase) {
    case 'received':
    case 'progress':
      if (command.status !== 'received') {
        deciding.emit({
          stream: jobStream(command.job),
          type: 'CommandReceived',
          data: { commandId: command.id },
        });
      }
      break;
    case 'succeeded':
      succeed(deciding, command, false);
      break;
    case 'failed':
      fail(deciding, command, ack);
      break;
  }
}

/** A command has done what it asked for. `assumed`: no worker said so. */
export function succeed(deciding: Deciding, command: CommandRecord, assumed: boolean): void {
  deciding.emit({
    stream: jobStream(command.job),
    type: 'CommandSucceeded',
    data: { commandId: command.id, assumed },
  });
  if (isStart(command)) {
    concludeStart(deciding, command, !assumed);
  }
  if (command.kind === 'delete') concludeDeletion(deciding, command.job);
}

function fail(
  deciding: Deciding,
  command: CommandRecord,
  ack: Pick<Ack, 'reason' | 'fault' | 'lastLines'>,
): void {
  const reason = ack.reason ?? 'the worker gave no reason';
  deciding.emit({
    stream: jobStream(command.job),
    type: 'CommandFailed',
    data: {
      commandId: command.id,
      reason,
      ...(ack.fault ? { fault: ack.fault } : {}),
      ...(isStart(command) ? linesOfFailure(deciding, command, ack) : {}),
    },
  });
  if (isStart(command)) {
    // What is its node's own says nothing of the revision: another node may do.
    (ack.fault === 'node' ? abortMoveTo : failMoveTo)(deciding, command, reason);
    concludeEnd(deciding, command, command.nodeId);
  }
}

/** An order that cannot be sent at all, whatever the node: nothing of it has reached a worker. */
export function failCommand(deciding: Deciding, commandId: string, reason: string): Decided<null> {
  const command = deciding.state.commands.get(commandId);
  if (command?.status === 'issued') fail(deciding, command, { reason, fault: 'job' });
  return { answer: null };
}

/** An order was sent again. */
export function recordDispatch(
  deciding: Deciding,
  commandId: string,
  attempt: number,
): Decided<null> {
  const command = deciding.state.commands.get(commandId);
  if (command === undefined || command.status === 'ended' || command.attempt >= attempt) {
    return { answer: null };
  }
  const data = { commandId, attempt };
  deciding.emit({ stream: jobStream(command.job), type: 'CommandDispatched', data });
  return { answer: null };
}

/** An order waits for something that nobody else says: on record, once each time that it is issued. */
export function holdCommand(deciding: Deciding, commandId: string, reason: string): Decided<null> {
  const command = deciding.state.commands.get(commandId);
  if (command?.status !== 'issued' || command.held !== undefined) return { answer: null };
  const data = { commandId, reason };
  deciding.emit({ stream: jobStream(command.job), type: 'CommandHeld', data });
  return { answer: null };
}

/**
 * An order to start was neither carried out nor refused in time. Its reservation stays until its
 * delete, which follows, is acknowledged: it may still be carried out.
 */
export function expireCommand(
  deciding: Deciding,
  commandId: string,
  reason: string,
): Decided<null> {
  const command = deciding.state.commands.get(commandId);
  if (command === undefined || !isStart(command)) return { answer: null };
  // Without acknowledgements delivery is all there is to know.
  if (command.status === 'ended' || command.status === 'delivered') return { answer: null };
  const wasReceived = command.status === 'received';
  const data = { commandId, reason };
  deciding.emit({ stream: jobStream(command.job), type: 'CommandExpired', data });
  // What never reached its worker (or was too late there) is no failure of the job's.
  (wasReceived ? failMoveTo : abortMoveTo)(deciding, command, reason);
  if (wasReceived) concludeEnd(deciding, command, command.nodeId);
  else concludeDeletion(deciding, command.job);
  return { answer: null };
}

/** The broker's PUBACK: delivery, for a worker that does not acknowledge. */
export function recordDelivery(deciding: Deciding, commandId: string): Decided<null> {
  const command = deciding.state.commands.get(commandId);
  if (command?.status !== 'issued') return { answer: null };
  if (deciding.state.nodes.get(command.nodeId)?.acknowledges !== false) return { answer: null };
  deciding.emit({ stream: jobStream(command.job), type: 'CommandDelivered', data: { commandId } });
  if (command.kind === 'move') succeed(deciding, command, true);
  if (isStart(command)) {
    concludeStart(deciding, command, false);
  }
  return { answer: null };
}

/** A delivered `delete` on a worker that does not acknowledge: after a while its end is assumed. */
export function assumeEnded(deciding: Deciding, commandId: string): Decided<null> {
  const command = deciding.state.commands.get(commandId);
  if (command?.status === 'delivered' && command.kind === 'delete') {
    const { job, instance, generation } = command;
    const placement = deciding.state.placements.get(placementKey(job, instance, generation));
    // What must never run twice has ended when its worker says so, or when its grants ran out.
    if (placement !== undefined && placement.leaseMs === null) {
      succeed(deciding, command, true);
    }
  }
  return { answer: null };
}
