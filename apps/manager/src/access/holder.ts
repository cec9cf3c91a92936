import {
  callerIn,
  isRole,
  nodeIn,
  permissionsOf,
  rulesOf,
  type Permission,
  type Refusal,
} from '@oakring/contracts';
import {
  labelsOf,
  type ClusterState,
  type JobRecord,
  type NodeRecord,
  type SecretRecord,
  type TokenRecord,
} from '@oakring/model';

/** Whoever has a token: what it lets them do follows from this. */
export type Holder = Pick<TokenRecord, 'name' | 'role' | 'nodes'>;

export function mayOf({ role, nodes }: Holder): readonly Permission[] {
  return isRole(role) ? permissionsOf(role, nodes !== null) : [];
}

export function roleText({ name, role, nodes }: Holder): string {
  const limit = nodes === null ? '' : ` for nodes with ${labelsText(nodes)}`;
  const node = nodeIn(name);
  const who = node === null ? `Token ${name}` : `Node ${node}`;
  return `${who} has the role ${role}${limit}`;
}

/** Whether it sees no jobs but those that were submitted under its name. */
export function seesOwnOnly({ role }: Pick<Holder, 'role'>): boolean {
  return !isRole(role) || rulesOf(role).limit === 'own';
}

export function seesJob(holder: Holder, job: Pick<JobRecord, 'by'>): boolean {
  return !seesOwnOnly(holder) || callerIn(job.by ?? '') === holder.name;
}

export function seesSecret(holder: Holder, { by }: Pick<SecretRecord, 'by'>): boolean {
  return seesJob(holder, { by });
}

/** Said of a job that is not there, and of one that is not there for whoever asks. */
export function unknownJob(id: string): Refusal {
  return { code: 'job-unknown', detail: `There is no job ${id}.`, field: 'id', value: id };
}

/** What a limit to some nodes looks at. */
export type LimitedNode = Pick<NodeRecord, 'id' | 'labels' | 'givenLabels'>;

/** Also one that has joined, and has not registered yet. */
export function nodeOf(
  { nodes, credentials }: Pick<ClusterState, 'nodes' | 'credentials'>,
  id: string,
): LimitedNode | undefined {
  const credential = credentials.get(id);
  if (credential === undefined) return nodes.get(id);
  return nodes.get(id) ?? { id, labels: credential.labels ?? {}, givenLabels: null };
}

/**
 * Why whoever has the token may not order anything about the node; null: they may. `given`: what it would be labelled
 * with by the order, which must not make it one that somebody else looks after.
 */
export function beyondNodes(
  holder: Holder,
  node: LimitedNode | undefined,
  given?: Readonly<Record<string, string>>,
): Refusal | null {
  const { nodes } = holder;
  if (nodes === null || node === undefined) return null;
  const detail = hasLabels(node, nodes)
    ? `${roleText(holder)}; with these labels node ${node.id} would be none of them.`
    : `${roleText(holder)}; node ${node.id} has ${labelsText(labelsOf(node))}.`;
  const isWithin =
    hasLabels(node, nodes) &&
    (given === undefined || hasLabels({ ...node, givenLabels: given }, nodes));
  return isWithin ? null : { code: 'forbidden', detail, field: 'id', value: node.id };
}

function hasLabels(node: LimitedNode, wanted: Readonly<Record<string, string>>): boolean {
  const labels = labelsOf(node);
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return all.length === 0 ? 'no labels' : all.join(',');
}
