import type { OnDisconnectRules, RestartRules, UpdateRules } from './failure-rules.js';
import type { SubmitJob } from './job-body.js';
import { usualPolicy } from './usual-policy.js';

/** As the job's document states them, with every field that it leaves out. */
export type OnDisconnect = Readonly<Required<OnDisconnectRules>>;
export type Restart = Readonly<Required<RestartRules>>;
export type Update = Readonly<Required<UpdateRules>>;

/** What a job asks for when something fails. */
export interface JobPolicy {
  readonly onDisconnect: OnDisconnect;
  readonly restart: Restart;
  readonly update: Update;
  /** It runs to its end: exit code 0 completes it. Otherwise every end is a failure to be mended. */
  readonly oneShot: boolean;
}

/** Written out apart: the rules of a document show it as its defaults. */
export const defaultPolicy: JobPolicy = usualPolicy;

/** `onDisconnect`, `restart`, `update` and `one_shot` of a job document that passed its rules. */
export function policyOf(document: Partial<SubmitJob>): JobPolicy {
  const { onDisconnect, restart, update, one_shot: oneShot } = document;
  const usual = defaultPolicy;
  return {
    onDisconnect: filled(usual.onDisconnect, onDisconnect, {
      lostAfterMs: true,
      stopOnWorkerAfterMs: true,
    }),
    restart: filled(usual.restart, restart, { limit: true }),
    update: filled(usual.update, update, { placeWithinMs: true }),
    oneShot: oneShot ?? usual.oneShot,
  };
}

/** Those of which null is an answer of its own: one that is forgotten does not compile. */
type Nullable<T> = {
  readonly [K in keyof T as null extends T[K] ? K : never]: true;
};

/** Null counts as left out, but where it is an answer of its own. */
function filled<T extends object>(
  usual: T,
  given: { readonly [K in keyof T]?: unknown } | null | undefined,
  nullable: Nullable<T>,
): T {
  const names = Object.keys(usual) as (keyof T)[];
  const said = names.filter((name) => {
    const value = given?.[name];
    return value !== undefined && (value !== null || Object.hasOwn(nullable, name));
  });
  return { ...usual, ...Object.fromEntries(said.map((name) => [name, given?.[name]])) };
}
