import type { EventData, EventType } from '@oakring/events';
import { cutText } from '@oakring/contracts';
import { resourcesText } from '../amounts.js';
import type { Paint } from '../paint.js';
import type { Sentences } from './sentence.js';

/** Of a command: all of it is in the ledger. */
const maxLineCharacters = 300;

/** What happened to jobs and their instances. */
export const jobSentences: Sentences<
  Extract<
    EventType,
    | `Job${string}`
    | `Rollout${string}`
    | `Move${string}`
    | `Instance${string}`
    | `Exec${string}`
    | 'PlacementRefused'
    | 'OriginalDropped'
    | 'UnexpectedInstanceFound'
  >
> = {
  JobSubmitted: (job, { colors }) =>
    `${colors.green('submitted')}: ${countOf(job)} × ${String(job.document['image'])} ` +
    `(${job.technology}, ${resourcesText(job.resources)} each)${unkeptOf(job, colors)}`,
  JobSubmissionRefused: ({ detail }, { colors }) => colors.red(`not submitted: ${detail}`),
  JobScaled: ({ desired, added, removed }) =>
    `scaled to ${desired}: ${added.length} more, ${removed.length} fewer`,
  JobScaleRefused: ({ detail }, { colors }) => colors.red(`not scaled: ${detail}`),
  JobDismissed: (_, { colors }) =>
    colors.yellow('its root asks for the end of all of it; whether it remembers us is asked first'),
  JobDeletionOrdered: (_, { colors }) => colors.yellow('deletion ordered'),
  JobDeletionRefused: ({ detail }, { colors }) => colors.red(`not deleted: ${detail}`),
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
  MoveStarted: ({ instance, fromNodeId, placement, surge }, { colors }) =>
    (surge === true
      ? `#${instance} on ${colors.cyan(fromNodeId)} is updated: generation ${placement.generation} ` +
        `starts beside it on ${colors.cyan(placement.nodeId)} `
      : `#${instance} moves ${colors.cyan(fromNodeId)} → ${colors.cyan(placement.nodeId)} `) +
    colors.dim(`because: ${placement.reason}`),
  MoveCompleted: ({ instance, generation, confirmed }, { colors }) =>
    colors.green(`#${instance} runs at its new place, as generation ${generation}`) +
    (confirmed ? '' : ' (not confirmed)'),
  MoveAborted: ({ instance, reason }, { colors }) =>
    `${colors.yellow(`#${instance} stays where it is`)}: ${reason}`,
  MoveRefused: ({ detail }, { colors }) => colors.red(`not moved: ${detail}`),
  ExecStarted: ({ instance, nodeId, tty, command }, { colors }) =>
    `ran in #${instance} on ${colors.cyan(nodeId)}${tty ? ', with a terminal' : ''}: ${lineOf(command)}`,
  ExecEnded: ({ execId, instance, nodeId, outcome, reason, bytes }, { colors }) => {
    const how = outcome === 'exited' || outcome === 'left' ? reason : colors.yellow(reason);
    const much = bytes === null ? '' : ` (${bytes.in} bytes in, ${bytes.out} out)`;
    return `command ${execId} in #${instance} on ${colors.cyan(nodeId)}: ${how}${much}`;
  },
  ExecRefused: ({ detail }, { colors }) => colors.red(`no command run: ${detail}`),
  InstanceReported: ({ instance, nodeId, status, reason }, { colors }) =>
    `#${instance} on ${colors.cyan(nodeId)} is ${status}: ${reason}`,
  JobCompleted: (_, { colors }) => colors.green('completed: every instance has run to its end'),
  JobUpdated: (
    { revision, rollbackTo, sameAs = 0, restores = 0, reason, document },
    { colors },
  ) => {
    if (rollbackTo > 0) {
      return `${colors.red('rolled back')} to revision ${rollbackTo}, as ${revision}: ${reason}`;
    }
    const again = restores > 0 ? `, which is revision ${restores} again,` : '';
    const rolledOut = `${String(document['image'])}${again} is rolled out`;
    const what =
      sameAs === revision - 1
        ? 'runs alike, nothing is restarted'
        : rolledOut + (sameAs > 0 ? `; what runs revision ${sameAs} goes on` : '');
    return `${colors.green(`revision ${revision}`)}: ${what}${reason === '' ? '' : ` (${reason})`}`;
  },
  JobUpdateRefused: ({ detail }, { colors }) => colors.red(`not updated: ${detail}`),
  RolloutCompleted: ({ revision }, { colors }) =>
    colors.green(`revision ${revision} runs everywhere`),
  RolloutFailed: ({ revision, reason }, { colors }) =>
    `${colors.red(`the rollout of revision ${revision} failed`)}: ${reason}`,
  InstanceLost: ({ instance, nodeId, reason, replace }, { colors }) =>
    `${colors.red(`#${instance} lost`)} with ${colors.cyan(nodeId)}` +
    `${replace ? ', is replaced' : ''}: ${reason}`,
  InstanceRecovered: ({ instance, reason }, { colors }) =>
    `${colors.green(`#${instance} recovered`)}: ${reason}`,
  OriginalDropped: ({ instance, generation, reason }) =>
    `the original of #${instance}, generation ${generation}, is given up: ${reason}`,
  InstanceWithdrawn: ({ instance, nodeId, reason }, { colors }) =>
    `${colors.yellow(`#${instance}`)} is stopped on ${colors.cyan(nodeId)} and placed again: ${reason}`,
  InstanceRetried: ({ instance, reason }) => `#${instance} ${reason}`,
  InstanceGivenUp: ({ instance, reason }, { colors }) =>
    `${colors.red(`#${instance} given up`)}: ${reason}`,
  InstanceHealthChanged: ({ instance, nodeId, health, reason }, { colors }) => {
    const how = health === 'unhealthy' ? colors.red(health) : colors.green(health);
    return `#${instance} is ${how} on ${colors.cyan(nodeId)}${reason === '' ? '' : `: ${reason}`}`;
  },
  InstanceFailedChecks: ({ instance, nodeId, reason }, { colors }) =>
    `${colors.red(`#${instance} has failed`)} and is stopped on ${colors.cyan(nodeId)}: ${reason}`,
  UnexpectedInstanceFound: ({ instance, generation, nodeId, reason }, { colors }) =>
    `${colors.yellow(`#${instance}, generation ${generation}`)} found on ${colors.cyan(nodeId)}: ${reason}`,
};

/** As a shell would take it, and no longer than a line or two. */
function lineOf(command: readonly string[]): string {
  const words = command.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  );
  return cutText(words.join(' '), maxLineCharacters);
}

/** Wishes of a root's service that nobody here looks at. */
function unkeptOf({ numbering, document }: EventData<'JobSubmitted'>, colors: Paint): string {
  const { warnings } = document;
  if (numbering !== 'given' || !Array.isArray(warnings) || warnings.length === 0) return '';
  return colors.yellow(`; ${warnings.join('; ')}`);
}

/** A root numbers them, one order each. */
function countOf({ numbering, desired }: EventData<'JobSubmitted'>): string {
  return numbering === 'given' ? 'as many as its root orders' : String(desired);
}
