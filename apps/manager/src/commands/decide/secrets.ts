import { callerIn, openName, secretsNamedIn, settingName, type Refusal } from '@oakring/contracts';
import { secretsStream, type JsonObject } from '@oakring/events';
import {
  maxSecrets,
  maxSecretVersions,
  missingSecret,
  revisionKey,
  type ClusterState,
  type JobRecord,
} from '@oakring/model';
import { mayOf, roleText, seesOwnOnly, seesSecret, type Holder } from '../../access/holder.js';
import type { Answers, Command } from '../command.js';
import type { Decided, Deciding } from './deciding.js';

/** A new secret, or a new version of one: what it was encrypted as must be what it becomes. */
export function setSecret(
  deciding: Deciding,
  { name, version, key, sealed }: Extract<Command, { type: 'SetSecret' }>,
): Decided<Answers['SetSecret']> {
  const refusal = whyNotSet(deciding, name, version);
  if (refusal !== null) return { refusal };
  const data = { name, version, key, sealed };
  deciding.emit({ stream: secretsStream, type: 'SecretSet', data });
  return { answer: { name, version, position: deciding.position } };
}

function whyNotSet({ state, origin }: Deciding, name: string, version: number): Refusal | null {
  const known = state.secrets.get(name);
  const about = { field: 'name', value: name };
  if (known !== undefined && known.removed !== null) {
    const detail = `Secret ${name} is being removed: its keys are not forgotten yet.`;
    return { code: 'secret-changed', detail, ...about };
  }
  const current = known?.versions.at(-1)?.version ?? 0;
  if (version !== current + 1) {
    if (version === 1) {
      return { code: 'secret-exists', detail: `There is a secret ${name}.`, ...about };
    }
    if (known === undefined) return unknownSecret(name);
    const detail = `Secret ${name} has version ${current} by now.`;
    return { code: 'secret-changed', detail, ...about };
  }
  if (known === undefined && state.secrets.size >= maxSecrets) {
    const detail = `There are ${maxSecrets} secrets, which is all there may be.`;
    return { code: 'too-many-secrets', detail };
  }
  if (known !== undefined && known.versions.length >= maxSecretVersions) {
    const detail = `Instances run with ${maxSecretVersions} versions of secret ${name}, which is all there may be.`;
    return { code: 'too-many-secrets', detail };
  }
  return known === undefined ? whyWanted(state, name, origin.by) : null;
}

/**
 * A job that outlived its secret would be given whatever is set under that name next: only who submitted it, or who may
 * use all secrets there are, may have that. What somebody who is not known any more submitted counts as a root's.
 */
function whyWanted(state: ClusterState, name: string, by: string): Refusal | null {
  for (const job of state.jobs.values()) {
    if (job.by === by || !mayComeToRun(state, job).some((each) => names(each, name))) continue;
    if (job.by !== null && usesAll(state, job.by)) continue;
    const detail = `Somebody else’s job names a secret ${name}.`;
    return { code: 'secret-name-wanted', detail, field: 'name', value: name };
  }
  return null;
}

/** What a job says, and what it goes back to by itself where its rollout fails. */
function mayComeToRun({ revisions }: ClusterState, job: JobRecord): readonly JsonObject[] {
  const { id, document, rollout } = job;
  const isOver =
    rollout === null || rollout.status === 'completed' || rollout.status === 'rolledBack';
  const former = isOver ? undefined : revisions.get(revisionKey(id, rollout.from));
  return former === undefined ? [document] : [document, former.document];
}

function names(document: JsonObject, name: string): boolean {
  return secretsNamedIn(document).includes(name);
}

function usesAll({ tokens }: ClusterState, by: string): boolean {
  const name = callerIn(by);
  // It was no caller: a process of ours.
  if (name === null || name === openName || name === settingName) return true;
  const token = tokens.get(name);
  return token !== undefined && !seesOwnOnly(token);
}

/** What runs goes on with what it has. Removed again, while its keys are being forgotten: the same answer. */
export function removeSecret(
  deciding: Deciding,
  { name }: Extract<Command, { type: 'RemoveSecret' }>,
): Decided<Answers['RemoveSecret']> {
  const known = deciding.state.secrets.get(name);
  if (known === undefined) return { refusal: unknownSecret(name) };
  const version = known.versions.at(-1)?.version ?? 0;
  if (known.removed === null) {
    deciding.emit({ stream: secretsStream, type: 'SecretRemoved', data: { name } });
  }
  return { answer: { name, version, position: deciding.position } };
}

export function recordShredding(
  deciding: Deciding,
  { name, keys }: Extract<Command, { type: 'RecordShredding' }>,
): Decided<null> {
  const known = deciding.state.secrets.get(name);
  const gone = keys.filter((key) => known?.versions.some((version) => version.key === key));
  if (gone.length > 0) {
    deciding.emit({ stream: secretsStream, type: 'SecretShredded', data: { name, keys: gone } });
  }
  return { answer: null };
}

export function unknownSecret(name: string): Refusal {
  return {
    ...({ code: 'secret-unknown', detail: `There is no secret ${name}.` } as const),
    ...{ field: 'name', value: name },
  };
}

/** Why nothing of the document can be run: it names a secret that is not there. */
export function whyWithoutSecret(state: ClusterState, document: JsonObject): Refusal | null {
  const name = missingSecret(state, document);
  return name === null ? null : missing(document, name);
}

function missing({ environment }: JsonObject, name: string): Refusal {
  const isOfEnvironment = secretsNamedIn({ environment }).includes(name);
  const field = isOfEnvironment ? 'environment' : 'registryCredentials';
  return { code: 'secret-missing', detail: `There is no secret ${name}.`, field, value: name };
}

/** Whoever names a secret in a job can have its program print it. */
export function beyondSecrets(
  { secrets }: Pick<ClusterState, 'secrets'>,
  holder: Holder,
  document: JsonObject,
): Refusal | null {
  for (const name of secretsNamedIn(document)) {
    if (!mayOf(holder).includes('secrets:use')) {
      return { code: 'forbidden', detail: `${roleText(holder)}, which may not use secrets.` };
    }
    const secret = secrets.get(name);
    if (secret !== undefined && !seesSecret(holder, secret)) return missing(document, name);
  }
  return null;
}
