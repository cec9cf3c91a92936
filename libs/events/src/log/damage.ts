import { OakringError } from '@oakring/contracts';

export type DamageKind =
  /** The data file is shorter than what it says it holds, or a page of it is not one. */
  | 'data-file'
  /** A commit is not JSON, or not in the one way that commits are written. */
  | 'not-a-commit'
  /** A field has another type than stated. */
  | 'field'
  /** Positions are not dense. */
  | 'gap'
  /** `prev` is not the hash of the commit before. */
  | 'chain'
  /** `hash` is not the hash of the commit. */
  | 'hash'
  /** The format falls. */
  | 'format'
  /** The epoch falls. */
  | 'epoch'
  /** Time falls. */
  | 'time'
  /** The index of streams is not the one of these commits. */
  | 'index'
  /** A seal or a key does not fit what it speaks of. */
  | 'seal'
  /** Two manifests of dropped telemetry contradict each other. */
  | 'manifest'
  /** The events of a commit, their streams or their versions do not fit together. */
  | 'events';

/** What is wrong with a log, and where: the evidence for a person. */
export interface Damage {
  /** Of the commit that is to blame; null when it is the file as a whole. */
  readonly position: number | null;
  readonly kind: DamageKind;
  readonly detail: string;
}

/** The error that stops a start: names the place, the position and the kind of damage. */
export function logDamaged(place: string, damage: Damage): OakringError {
  const where = damage.position === null ? '' : ` at position ${damage.position}`;
  return new OakringError({
    code: 'log-damaged',
    detail: `The event log in ${place} is damaged${where} (${damage.kind}): ${damage.detail}.`,
    value: damage.position,
  });
}
