import { openName, settingName } from '@oakring/contracts';
import type { Holder } from './holder.js';

/** Whose word a request is. */
export interface Caller extends Holder {
  /** By what they are known: a token that was given (its hash), that of the setting, being of this process, or nothing. */
  readonly by: { readonly hash: string } | 'setting' | 'process' | 'nothing';
}

/** Whoever runs the cluster: shows OAKRING_TOKEN. */
export const settingCaller: Caller = {
  ...{ name: settingName, role: 'admin', nodes: null, by: 'setting' },
};

/** The scheduler in the process of a manager. */
export const innerCaller: Caller = {
  ...{ name: 'scheduler', role: 'scheduler', nodes: null, by: 'process' },
};

/** Anybody, where no token is asked for. */
export const openCaller: Caller = { ...settingCaller, name: openName, by: 'nothing' };

/** How one manager names a caller to another that it passes the request on to. */
export function callerText({ by }: Caller): string {
  return typeof by === 'string' ? by : `token ${by.hash}`;
}

/** The hash in what `callerText` says; null: it says of no token. */
export function hashIn(text: string): string | null {
  return /^token ([0-9a-f]{64})$/.exec(text)?.[1] ?? null;
}
