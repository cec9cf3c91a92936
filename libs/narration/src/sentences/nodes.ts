import type { EventType } from '@oakring/events';
import { labelsText, resourcesText, technologiesText } from '../amounts.js';
import type { Sentences } from './sentence.js';

/** What happened to nodes. */
export const nodeSentences: Sentences<
  Extract<EventType, `Node${string}` | 'DriftDetected' | 'WorkerHistoryRecorded'>
> = {
  NodeRegistered: (node, { colors }) =>
    `${colors.green('registered')}${node.tokenPresented ? ' with its token' : ''}: ` +
    `${resourcesText(node.capacity)}${node.assumed ? ' (assumed)' : ''}, ` +
    `${technologiesText(node.technologies)} ${colors.dim(`start ${node.incarnation}`)}`,
  NodeRegistrationRefused: ({ detail }, { colors }) => colors.red(`not registered: ${detail}`),
  NodeClaimedTwice: ({ incarnation, reason }, { colors }) =>
    colors.red(`claimed by another worker as well (start ${incarnation}): ${reason}`),
  NodeBecameReady: ({ reason }, { colors }) => `${colors.green('ready')}: ${reason}`,
  NodeSuspected: ({ reason }, { colors }) => `${colors.yellow('suspect')}: ${reason}`,
  NodeDisconnected: ({ reason }, { colors }) => `${colors.red('disconnected')}: ${reason}`,
  NodeLost: ({ reason }, { colors }) => `${colors.red('lost')}: ${reason}`,
  NodeStopped: ({ reason }) => `stopped: ${reason}`,
  NodeCordoned: ({ reason }, { colors }) => `${colors.yellow('cordoned')}: ${reason}`,
  NodeUncordoned: (_, { colors }) => colors.green('takes new work again'),
  NodeDrainStarted: ({ deadline, force }, { colors }) =>
    `${colors.yellow('is being drained')} until ${new Date(deadline).toISOString()}` +
    (force ? ', by force then' : ''),
  NodeDrainEnded: ({ outcome, left, reason }, { colors }) =>
    outcome === 'done'
      ? colors.green('drained: nothing is left')
      : `${colors.yellow(`drain ${outcome}`)}, ${left} left: ${reason}`,
  NodeQuarantined: ({ reason, byRecord }, { colors }) =>
    `${colors.red('quarantined')}${byRecord ? ' by its record' : ''}: ${reason}`,
  NodeReleased: (_, { colors }) => colors.green('released from quarantine'),
  NodeLabelled: ({ labels }) =>
    Object.keys(labels).length === 0 ? 'no labels by operators' : `labelled ${labelsText(labels)}`,
  NodeDiskFilled: ({ freeMiB, leastMiB }, { colors }) =>
    `${colors.yellow('disk nearly full')}: ${freeMiB} MiB are free, ${leastMiB} must be; it starts nothing new`,
  NodeDiskFreed: (_, { colors }) => colors.green('room on its disk again: it starts what is new'),
  NodeForgotten: ({ reason }, { colors }) => `${colors.yellow('forgotten')}: ${reason}`,
  NodeJoined: ({ labels = {} }, { colors }) => {
    const forced = Object.keys(labels).length === 0 ? '' : `, with ${labelsText(labels)}`;
    return `${colors.green('joined')}: it has a credential of its own${forced}`;
  },
  NodeCredentialRevoked: ({ reason }, { colors }) =>
    `${colors.yellow('credential revoked')}: ${reason}`,
  NodeOrderRefused: ({ detail }, { colors }) => colors.red(`refused: ${detail}`),
  DriftDetected: ({ missing, outdated, unexpected, unreadable = [] }, { colors }) =>
    `${colors.yellow('drift')}: ` +
    [
      counted(missing, 'missing'),
      counted(outdated, 'ended but there'),
      counted(unexpected, 'that nobody ordered'),
      counted(unreadable, 'that cannot be told'),
    ]
      .filter((text) => text !== '')
      .join(', '),
  WorkerHistoryRecorded: ({ entries: { length }, from, upTo }) => {
    const which = length === 1 ? `entry ${from}` : `${length} entries, ${from}–${upTo}`;
    return `handed in its own log of the time without a link: ${which}`;
  },
};

function counted(keys: readonly string[], what: string): string {
  return keys.length === 0 ? '' : `${keys.length} ${what} (${keys.slice(0, 3).join(', ')})`;
}
