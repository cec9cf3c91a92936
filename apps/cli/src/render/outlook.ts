import type { Outlook } from '../client/documents.js';
import type { Colors } from '../terminal.js';
import { renderChanges } from './revisions.js';

type Step = Outlook['stops'][number];

/** What an order would do: what of the document it changes, what stops, and what starts where. */
export function renderOutlook(outlook: Outlook, colors: Colors): string {
  const { position, changes = [], stops, starts, more } = outlook;
  const seen = colors.dim(`Seen at position ${position}; nothing was written.`);
  if (isIdle(outlook)) return `Nothing would change. ${seen}`;
  const alike = outlook.restarts === false && changes.length > 0 ? ['Nothing is restarted.'] : [];
  return [
    seen,
    ...(changes.length === 0 ? [] : [renderChanges(changes, colors)]),
    ...alike,
    ...stops.map((step) => `${colors.red('- stop ')} ${placed(step, colors)}`),
    ...starts.map((step) =>
      step.nodeId === null
        ? `${colors.yellow('? waits')} ${nameOf(step)}: ${step.reason}`
        : `${colors.green('+ start')} ${placed(step, colors)}`,
    ),
    ...(more === 0 ? [] : [colors.yellow(`… and ${more} more would be replaced`)]),
  ].join('\n');
}

/** Whether the order would do nothing at all. */
export function isIdle({ changes = [], stops, starts, more }: Outlook): boolean {
  return changes.length + stops.length + starts.length + more === 0;
}

function nameOf({ job, instance }: Step): string {
  return `${job} #${instance}`;
}

function placed(step: Step, colors: Colors): string {
  return `${nameOf(step)} on ${colors.cyan(step.nodeId ?? '-')} ${colors.dim(step.reason)}`;
}
