import {
  cutText,
  maxJobCount,
  OakringError,
  idOf,
  noResources,
  parseRequirement,
  refused,
  resourcesOf,
  type JsonObject,
  type Parsed,
  type Refusal,
  type Requirement,
  type ScheduleJob,
} from '@oakring/contracts';
import type { Freed, JobToPlan } from './plan.js';

/** Instances over all jobs of a call: what is planned and answered within a second or so. */
const maxInstancesPerCall = 50_000;

/** The jobs of a request as a plan takes them. Throws the refusal of the first bad one, by its path. */
export function jobsToPlan(jobs: readonly ScheduleJob[], drawSeed: () => number): JobToPlan[] {
  const total = jobs.reduce((sum, { instances }) => sum + instances, 0);
  if (total > maxInstancesPerCall) {
    throw new OakringError({
      code: 'invalid-field',
      detail: `jobs ask for ${total} instances together; one call plans at most ${maxInstancesPerCall}.`,
      field: 'jobs',
      value: total,
    });
  }
  return jobs.map((job, index) => jobToPlan(job, `jobs.${index}`, drawSeed));
}

function jobToPlan(job: ScheduleJob, path: string, drawSeed: () => number): JobToPlan {
  const id = idOf(job.job['id'], 'id');
  if (!id.ok) throw located(id.refusal, `${path}.job`, 'The job');
  const name = `Job ${id.value}`;
  const requirement = parseRequirement(job.job);
  if (!requirement.ok) throw located(requirement.refusal, `${path}.job`, name);
  const present = presentOf(job.present ?? {});
  if (!present.ok) throw located(present.refusal, path, name);
  // In a body null counts as left out.
  const given: JsonObject | null = job.freed ?? null;
  const freed = given === null ? null : freedOf(given);
  if (freed !== null && !freed.ok) throw located(freed.refusal, path, name);
  return {
    id: id.value,
    requirement: requirementOf(requirement.value, job.worker),
    instances: job.instances,
    exclude: new Set(job.exclude),
    present: present.value,
    freed: freed?.value ?? null,
    seed: job.seed ?? drawSeed(),
  };
}

/** Whoever asks may name the node, in the document or beside it: it may go nowhere else. */
function requirementOf(requirement: Requirement, node = ''): Requirement {
  const isNamed = requirement.constraints.some(
    (constraint) => constraint.type === 'direct' && constraint.node === node,
  );
  if (!node || isNamed) return requirement;
  const constraints = [...requirement.constraints, { type: 'direct', node } as const];
  return { ...requirement, constraints };
}

function presentOf(present: JsonObject): Parsed<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [nodeId, count] of Object.entries(present)) {
    const isCount = typeof count === 'number' && Number.isInteger(count);
    if (!isCount || count < 0 || count > maxJobCount) {
      const field = `present.${cutText(nodeId, 128)}`;
      const detail = `${field} is not an integer from 0 to ${maxJobCount}.`;
      return refused('invalid-field', detail, field, count);
    }
    counts.set(nodeId, count);
  }
  return { ok: true, value: counts };
}

function freedOf({ node, resources, ports = [] }: JsonObject): Parsed<Freed> {
  const nodeId = idOf(node, 'freed.node');
  if (!nodeId.ok) return nodeId;
  const freed = resourcesOf(resources, 'freed.resources', noResources);
  if (!freed.ok) return freed;
  if (!Array.isArray(ports) || !ports.every((port) => typeof port === 'string')) {
    return refused('invalid-field', 'freed.ports is not a list of ports.', 'freed.ports', ports);
  }
  return { ok: true, value: { nodeId: nodeId.value, resources: freed.value, ports } };
}

/** The refusal with the job's name in its sentence and the whole path of the field. */
function located(refusal: Refusal, path: string, who: string): OakringError {
  return new OakringError({
    ...refusal,
    detail: `${who} (${path}): ${refusal.detail}`,
    field: refusal.field === undefined ? path : `${path}.${refusal.field}`,
  });
}
