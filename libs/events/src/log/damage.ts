import { OakringError } from '@oakring/contracts';
import { ledgerRules, type DamageKind, type RuleId } from './rules.js';

/** A rule that is broken, and how. */
export interface Problem {
  readonly rule: RuleId;
  readonly detail: string;
}

/** What is wrong with a log, and where: the evidence for a person. */
export interface Damage extends Problem {
  /** Of the commit that is to blame; null when it is the file as a whole. */
  readonly position: number | null;
  /** Of the rule. */
  readonly kind: DamageKind;
  /** It is no damage: a newer release than this one wrote it. */
  readonly isNewer?: true;
}

export function damageAt(position: number | null, rule: RuleId, detail: string): Damage {
  return { position, kind: ledgerRules[rule].kind, rule, detail };
}

/** What a newer release wrote, and this one has no rules for. */
export function newerAt(position: number, rule: RuleId, detail: string): Damage {
  return { ...damageAt(position, rule, detail), isNewer: true };
}

/** What stops a start: names the place, the position, the rule and the kind of damage. */
export class LogDamaged extends OakringError {
  constructor(
    place: string,
    readonly damage: Damage,
  ) {
    const { position, kind, rule, detail, isNewer = false } = damage;
    const where = position === null ? '' : ` at position ${position}`;
    super({
      ...(isNewer
        ? {
            code: 'ledger-newer',
            detail: `The event log in ${place} was written by a newer release than this one${where}: ${detail}.`,
          }
        : {
            code: 'log-damaged',
            detail: `The event log in ${place} is damaged${where} (${kind}): ${detail} (rule ${rule}).`,
          }),
      value: position,
    });
  }
}

export function logDamaged(place: string, damage: Damage): LogDamaged {
  return new LogDamaged(place, damage);
}
