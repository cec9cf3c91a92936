import { secretsNamedIn } from '@oakring/contracts';
import type { JsonObject } from '@oakring/events';
import type { ClusterState } from './cluster-state.js';
import type { JobRecord } from './records.js';
import type { GivenSecret, SecretRecord, SecretVersion } from './secret-records.js';

type Secrets = Pick<ClusterState, 'secrets'>;

/** Undefined: it is not there, or not any more. */
export function secretOf({ secrets }: Secrets, name: string): SecretRecord | undefined {
  const secret = secrets.get(name);
  return secret?.removed === null ? secret : undefined;
}

/** What an instance of the document is given that starts now, by name; what is not there is left out. */
export function secretsFor(state: Secrets, document: JsonObject): readonly GivenSecret[] {
  return secretsNamedIn(document).flatMap((name) => {
    const current = secretOf(state, name)?.versions.at(-1);
    return current === undefined ? [] : [{ name, version: current.version, key: current.key }];
  });
}

/** The first that a document names and that is not there; null: all are. */
export function missingSecret(state: Secrets, document: JsonObject): string | null {
  return secretsNamedIn(document).find((name) => secretOf(state, name) === undefined) ?? null;
}

/** Why nothing of the job can be placed now; null: its secrets are there. */
export function whySecretMissing(
  state: Secrets,
  { document }: Pick<JobRecord, 'document'>,
): { code: 'secret-missing'; detail: string } | null {
  const name = missingSecret(state, document);
  return name === null ? null : { code: 'secret-missing', detail: `There is no secret ${name}.` };
}

/** What was given, where it can be read still. */
export function givenVersion({ secrets }: Secrets, given: GivenSecret): SecretVersion | undefined {
  return secrets.get(given.name)?.versions.find(({ key }) => key === given.key);
}

/** Keys that nothing needs: of what was removed, and of former versions that no placement was started with. */
export function keysToShred({ placements }: ClusterState, secret: SecretRecord): readonly string[] {
  const { name, versions, removed } = secret;
  if (removed !== null) return versions.map(({ key }) => key);
  const former = versions.slice(0, -1);
  if (former.length === 0) return [];
  const used = new Set<string>();
  for (const { secrets = [] } of placements.values()) {
    for (const given of secrets) if (given.name === name) used.add(given.key);
  }
  return former.flatMap(({ key }) => (used.has(key) ? [] : [key]));
}

/** Which jobs name a secret, and what of them runs with which version. */
export function usesOf(
  { jobs, placements }: ClusterState,
  name: string,
): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const uses = new Map<string, Map<number, number>>();
  for (const { id, document } of jobs.values()) {
    if (secretsNamedIn(document).includes(name)) uses.set(id, new Map());
  }
  for (const { job, secrets } of placements.values()) {
    const given = secrets?.find((each) => each.name === name)?.version;
    if (given === undefined) continue;
    const versions = uses.get(job) ?? new Map<number, number>();
    uses.set(job, versions.set(given, (versions.get(given) ?? 0) + 1));
  }
  return uses;
}
