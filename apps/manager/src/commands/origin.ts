/**
 * On whose word, and on account of what, a command is submitted (`Origin` of the events that it leads to).
 * A cause `standing`: nothing came in; it follows from how things stand, which is the newest event about
 * `stream`, or about what each of its events is about.
 */
export interface CommandOrigin {
  readonly by: string;
  readonly cause: string | Standing;
  readonly deviceAt?: number;
  /** W3C `traceparent` of the request that it is on account of. */
  readonly trace?: string;
  /** Of the token that was shown, where one was: its name says less, since it can be given again. No event has it. */
  readonly tokenHash?: string;
}

export interface Standing {
  readonly stream: string | null;
}

export const asThingsStand: Standing = { stream: null };

/** Of what a manager does by itself: the name of its process. */
export function byItself(
  process: string,
  cause: CommandOrigin['cause'] = asThingsStand,
): CommandOrigin {
  return { by: `manager/${process}`, cause };
}

/** Of what a worker said on a topic; `deviceAt`: its clock, ISO 8601, where it says. */
export function byWorker(nodeId: string, topic: string, deviceAt?: string | null): CommandOrigin {
  const at = Date.parse(deviceAt ?? '');
  return {
    by: `nodes/${nodeId}`,
    cause: `message:${topic}`,
    ...(Number.isSafeInteger(at) && at >= 0 ? { deviceAt: at } : {}),
  };
}

/** What is written where nothing is known of a stream that things could stand with. */
export function observed(by: string): string {
  return `observed:${by.slice(by.indexOf('/') + 1)}`;
}
