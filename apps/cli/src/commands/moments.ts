import { durationOf, localZone, momentForms, momentOf } from '@oakring/contracts';
import type { Clock } from '@oakring/ports';
import type { ManagerClient } from '../client/manager-client.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';

/** What every option that takes a moment says of it. */
export const momentHelp = 'a position, now, a time ago (5m), of day (19:30), or ISO';

/**
 * A moment as a person wrote it, for a manager. What names no zone is of this machine's: the manager's may
 * be another. How long ago something was it judges by its own clock.
 */
export function momentFor(text: string, clock: Clock): string {
  const moment = momentOf(text, clock.wallMs(), localZone);
  if (moment === null) throw noMoment(text);
  if (moment.kind !== 'time') return text;
  const isAgo = durationOf(text.replace(/^-/, '')) !== null;
  return isAgo ? `-${text.replace(/^-/, '')}` : new Date(moment.timeMs).toISOString();
}

export function noMoment(text: string): CommandFailure {
  return new CommandFailure(`${JSON.stringify(text)} is not ${momentForms}.`, exitCodes.usage);
}

/** The position of a moment: that of the last commit until then. */
export async function positionOf(
  text: string,
  client: Pick<ManagerClient, 'head' | 'cluster'>,
  clock: Clock,
): Promise<{ readonly position: number; readonly isNamed: boolean }> {
  const moment = momentOf(text, clock.wallMs(), localZone);
  switch (moment?.kind) {
    case 'position':
      return { position: moment.position, isNamed: true };
    case 'now':
      return { position: (await client.head()).position, isNamed: false };
    case 'time':
      return { position: (await client.cluster(momentFor(text, clock))).position, isNamed: false };
    case undefined:
      throw noMoment(text);
  }
}

/** The first position from a moment on: what happened until then is behind it. */
export async function firstPositionFrom(
  text: string,
  client: Pick<ManagerClient, 'head' | 'cluster'>,
  clock: Clock,
): Promise<number> {
  const { position, isNamed } = await positionOf(text, client, clock);
  return isNamed ? position : position + 1;
}
