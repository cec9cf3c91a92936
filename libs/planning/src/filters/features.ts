import type { Constraint } from '@oakring/contracts';
import { filterOf, type Make } from './filter.js';

type Needs = Extract<Constraint, { type: 'features' }>;

/** What a job's fields need of the worker beside starting and stopping: a worker that lacks it would drop them. */
export const features = filterOf<readonly Needs[]>({
  judges: 'make',
  name: 'features',
  phrase: 'that cannot do what a field of the job needs',
  asks({ requirement }) {
    const needs = requirement.constraints.filter((each): each is Needs => each.type === 'features');
    return needs.length === 0 ? null : needs;
  },
  passes: (make, needs) => needs.every((each) => lackOf(make, each) === null),
  obstacle: (make, needs) =>
    needs.map((each) => lackOf(make, each)).find((lack) => lack !== null) ?? '',
  wokenBy: () => ({ by: 'node' }),
});

/** Whom a machine's owner lets processes run as. */
const asUser = 'process:user:';

/** The first thing, in the order of the document's fields. */
function lackOf(make: Make, { features: needed, hostPaths, registries }: Needs): string | null {
  const { features = [], hostPaths: allowed = [], registries: kept = [] } = make;
  const missing = needed.find(({ feature }) => !features.includes(feature));
  const user = missing?.feature.startsWith(asUser) === true && features.includes('process:user');
  if (missing !== undefined && user) {
    const name = missing.feature.slice(asUser.length);
    return `lets no process run as ${name} (OAKRING_WORKER_USERS)`;
  }
  if (missing !== undefined) {
    return `does not offer ${missing.feature}, which the field ${missing.field} needs`;
  }
  const path = hostPaths.find((each) => !allowed.some((prefix) => isBelow(each, prefix)));
  if (path !== undefined) {
    return `does not allow jobs the host path ${path} (OAKRING_WORKER_HOST_PATHS)`;
  }
  const registry = registries.find((each) => !kept.includes(each));
  return registry === undefined ? null : `keeps no credentials called ${registry}`;
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}
