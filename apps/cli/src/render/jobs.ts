import { labelsOf, requestedOf } from '@oakring/contracts';
import type { DryRun, Instance, Job, JobSummary } from '../client/documents.js';
import { stripVTControlCharacters } from 'node:util';
import type { Colors, Look } from '../terminal.js';
import { labelsText } from '@oakring/narration';
import { ageText, counted, percentText, requestText } from './measures.js';
import { colorHealth, colorStatus, countsText, healthText } from './status.js';
import { renderTable } from './table.js';

export function renderJobs(jobs: readonly JobSummary[], look: Look): string {
  if (jobs.length === 0) {
    return 'No jobs yet. Run one: oakring job run --technology process -- /bin/sleep 60';
  }
  const { colors, width, wide, nowMs } = look;
  // What nobody gave a name is called by its id twice.
  const isNamed = wide || jobs.some(({ id, name }) => name !== id);
  return renderTable(
    [
      'JOB',
      ...(isNamed ? ['NAME'] : []),
      ...(wide ? ['IMAGE', 'TECHNOLOGY', 'POSITION'] : []),
      ...['STATUS', 'DESIRED', 'RESTARTS', 'AGE', 'INSTANCES'],
      ...(wide ? ['LABELS'] : []),
    ],
    jobs.map((job) => [
      job.id,
      ...(isNamed ? [job.name] : []),
      ...(wide ? [job.image, job.technology, String(job.position)] : []),
      colorStatus(job.status, colors),
      job.byRoot === true ? `${job.desired} (root)` : String(job.desired),
      restartsText(job.restarts, colors),
      ageText(job.submittedAt, nowMs),
      countsText(job.counts, colors) + healthText(job.health, colors),
      ...(wide ? [labelsText(job.labels ?? {})] : []),
    ]),
    width,
  );
}

function restartsText(restarts: number, colors: Colors): string {
  return restarts === 0 ? '0' : colors.yellow(String(restarts));
}

export function renderJob(job: Job, look: Look): string {
  const { colors, width, nowMs } = look;
  const head = flowing(
    [
      colors.bold(job.id),
      colorStatus(job.status, colors),
      `${job.desired} × ${job.image} (${job.technology})`,
      `name ${job.name}`,
      `position ${job.position}`,
      ...(job.submittedAt === undefined ? [] : [`age ${ageText(job.submittedAt, nowMs)}`]),
      ...(job.revision > 1 ? [`revision ${job.revision}`] : []),
      ...(job.byRoot === true ? ['by root, which numbers its instances'] : []),
    ],
    width,
  );
  const notes = (job.warnings ?? []).map(({ detail }) => colors.yellow(`Note: ${detail}`));
  const about = [...factsOf(job, look), ...rolloutText(job, colors), ...notes];
  const parts = [head, ...about, '', renderInstances(job.instances, look)];
  return [...parts, ...troubles(job, colors)].join('\n');
}

/** What it is labelled, what each instance takes and where it may be. */
function factsOf({ labels = {}, document }: Job, { colors, width }: Look): string[] {
  const requested = requestedOf(document);
  const wanted = labelsOf(document['nodeLabels'] ?? {}, 'nodeLabels');
  const each = requested.ok ? [`each reserves ${requestText(requested.value)}`] : [];
  const facts = [
    ...(Object.keys(labels).length === 0 ? [] : [`labels ${labelsText(labels)}`]),
    ...each,
    ...(wanted.ok && Object.keys(wanted.value).length > 0
      ? [`on nodes with ${labelsText(wanted.value)}`]
      : []),
  ];
  return facts.length === 0 ? [] : [colors.dim(flowing(facts, width))];
}

/** As people say it. */
export const rolloutWords = {
  progressing: 'in progress',
  completed: 'completed',
  rollingBack: 'rolling back',
  rolledBack: 'rolled back',
  failed: 'failed',
} as const;

function rolloutText({ rollout, desired }: Job, colors: Colors): string[] {
  if (rollout === undefined) return [];
  const { status, revision, updated, reason } = rollout;
  const paint = status === 'completed' ? colors.green : colors.yellow;
  const why = reason === null ? '' : `: ${reason}`;
  return [
    paint(
      `rollout of revision ${revision} ${rolloutWords[status]}, ${updated} of ${desired} run it${why}`,
    ),
  ];
}

/** What has failed before, and what a lost node may still run. */
function troubles({ id, instances }: Job, colors: Colors): string[] {
  const lines: string[] = [];
  for (const instance of instances) {
    const { number, failures, attempts = [], replaces = [], health } = instance;
    if (health?.status === 'unhealthy') {
      lines.push(
        colors.red(`#${number} is unhealthy since ${health.since}: ${health.reason ?? ''}`),
      );
    }
    if (failures > 0) {
      lines.push(`#${number} failed ${timesText(failures)}${whatFollows(id, instance, colors)}:`);
      for (const { at, nodeId, generation, reason } of attempts) {
        lines.push(colors.dim(`   ${at}  generation ${generation} on ${nodeId}: ${reason}`));
      }
    }
    for (const { nodeId, generation } of replaces) {
      lines.push(
        colors.yellow(
          `#${number} was lost with ${nodeId}, where generation ${generation} may run still`,
        ),
      );
    }
  }
  return lines.length === 0 ? [] : ['', ...lines];
}

function timesText(count: number): string {
  return count === 1 ? 'once' : `${count} times in a row`;
}

function whatFollows(
  id: string,
  { status, crashLooping, givenUp }: Instance,
  colors: Colors,
): string {
  if (givenUp === true)
    return colors.red(` and was given up; try again: oakring job restart ${id}`);
  const loop = crashLooping ? colors.red(' (crash loop)') : '';
  return status === 'failed' ? `${loop} and will be tried again` : loop;
}

/** Parts of a line, which goes on in the next one where it is full. */
function flowing(parts: readonly string[], width: number | null): string {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = last === undefined ? part : `${last}  ${part}`;
    const fits = width === null || stripVTControlCharacters(longer).length <= width;
    if (last !== undefined && fits) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines.join('\n');
}

function renderInstances(
  instances: readonly Instance[],
  { colors, width, wide, nowMs }: Look,
): string {
  if (instances.length === 0) return 'No instances.';
  const isMeasured = instances.some(({ used }) => used !== undefined);
  return renderTable(
    [
      ...['#', 'STATUS', 'NODE', 'GEN', 'AGE', 'RESTARTS'],
      ...(isMeasured ? ['CPU', 'MEM'] : []),
      ...(wide ? ['CONFIRMED', 'DECISION'] : []),
      'REASON',
    ],
    instances.map((instance) => [
      String(instance.number),
      statusOf(instance, colors),
      placeText(instance),
      String(instance.generation),
      ageText(instance.since, nowMs),
      restartsText(instance.restarts, colors),
      ...(isMeasured ? [percentText(instance.used?.cpu), percentText(instance.used?.memory)] : []),
      ...(wide ? [instance.confirmed ? 'yes' : 'no', instance.decision ?? '-'] : []),
      instance.reason ?? '-',
    ]),
    width,
  );
}

/** `running?`: its worker did not say so, the broker did. */
function statusOf({ status, confirmed, health }: Instance, colors: Colors): string {
  const isHearsay = status === 'running' && !confirmed;
  const shown = colorStatus(status, colors) + (isHearsay ? colors.yellow('?') : '');
  return health === undefined ? shown : `${shown}, ${colorHealth(health.status, colors)}`;
}

function placeText({ nodeId, movingTo }: Instance): string {
  const place = nodeId ?? '-';
  if (movingTo === undefined) return place;
  // The new one of an update may start on the same node.
  return `${place} ${movingTo.update === true ? '+' : '→'} ${movingTo.nodeId}`;
}

type Plan = Pick<DryRun, 'desired' | 'position' | 'placements' | 'refusal'>;

function waitingText({ desired, placements }: Plan): string {
  if (placements.length > 0) return 'The others would wait';
  return desired === 1 ? 'It would wait' : 'All would wait';
}

export function renderDryRun(answer: Plan, { colors, width }: Look): string {
  const parts = [
    `${answer.placements.length} of ${counted(answer.desired, 'instance')} would be placed now ` +
      `(seen at position ${answer.position}; nothing was written).`,
  ];
  if (answer.placements.length > 0) {
    parts.push(
      renderTable(
        ['#', 'WOULD GO TO', 'SCORE', 'WHY'],
        answer.placements.map(({ nodeId, total, reason }, index) => [
          String(index),
          colors.cyan(nodeId),
          String(total),
          reason,
        ]),
        width,
      ),
    );
  }
  if (answer.refusal !== null) {
    parts.push(`${colors.yellow(waitingText(answer))}: ${answer.refusal.detail}`);
  }
  return parts.join('\n\n');
}
