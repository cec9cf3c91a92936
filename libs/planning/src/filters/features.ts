import { isInFolder, type Constraint } from '@oakring/contracts';
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

/** Features that are a word of the machine's owner, and what one without it does not allow. */
const ownersWords: readonly {
  readonly of: RegExp;
  readonly says: (named: string, features: readonly string[]) => string | null;
}[] = [
  {
    of: /^process:user:(.*)$/s,
    says: (name, features) =>
      features.includes('process:user')
        ? `lets no process run as ${name} (OAKRING_WORKER_USERS)`
        : null,
  },
  {
    of: /^docker:network:(.*)$/s,
    says: (name) => `lets no container share the network ${name} (OAKRING_WORKER_SHARED_NETWORKS)`,
  },
  {
    of: /^(?:docker|process|unikernel):low-ports$/,
    says: () => 'lets no job publish a port below 1024 (OAKRING_WORKER_LOW_PORTS)',
  },
];

/** The first thing, in the order of the document's fields. */
function lackOf(make: Make, { features: needed, hostPaths, registries }: Needs): string | null {
  const { features = [], hostPaths: allowed = [], registries: kept = [] } = make;
  const missing = needed.find(({ feature }) => !features.includes(feature));
  if (missing !== undefined) {
    for (const { of, says } of ownersWords) {
      const [word, named = ''] = of.exec(missing.feature) ?? [];
      const lack = word === undefined ? null : says(named, features);
      if (lack !== null) return lack;
    }
    return `does not offer ${missing.feature}, which the field ${missing.field} needs`;
  }
  const path = hostPaths.find((each) => !allowed.some((prefix) => isInFolder(each, prefix)));
  if (path !== undefined) {
    return `does not allow jobs the host path ${path} (OAKRING_WORKER_HOST_PATHS)`;
  }
  const registry = registries.find((each) => !kept.includes(each));
  return registry === undefined ? null : `keeps no credentials called ${registry}`;
}
