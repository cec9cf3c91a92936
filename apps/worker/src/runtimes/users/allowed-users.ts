import { OakringError } from '@oakring/contracts';
import { notAllowed } from '../not-allowed.js';
import { StartFailure } from '../runtime.port.js';
import { identityOf, whyNotAs, type UserIdentity } from './user-identity.js';

/** Whom this machine's owner lets processes run as. */
export interface UsersSaid {
  /** Who runs what names nobody (`OAKRING_WORKER_RUN_AS`); null: the worker's own user. */
  readonly runAs: string | null;
  /** Whom else a job may name (`OAKRING_WORKER_USERS`). */
  readonly users: readonly string[];
}

/** Which user a process runs as, as its job asks and the machine's owner allows. */
export class AllowedUsers {
  private constructor(
    private readonly runAs: string | null,
    /** As a job may write them, sorted. */
    readonly names: readonly string[],
    /** Why others that the owner allows cannot be had here. */
    readonly lacking: readonly string[],
  ) {}

  /**
   * Throws where what names nobody could not run as whom the owner says: `user-unavailable` where it may be different
   * soon (who is known by a directory that is not there yet), `settings-invalid` where this worker could be nobody.
   */
  static async open({ runAs, users }: UsersSaid): Promise<AllowedUsers> {
    const names: string[] = [];
    const lacking: string[] = [];
    for (const name of new Set([runAs ?? [], users].flat())) {
      const why = await whyNotCalled(name);
      if (why === null) names.push(name);
      else lacking.push(`nothing can be run as the user ${name}: ${why}`);
      if (why === null || name !== runAs) continue;
      const detail = `OAKRING_WORKER_RUN_AS: ${lacking.at(-1) ?? ''}.`;
      const field = 'OAKRING_WORKER_RUN_AS';
      const code = isRoot() ? 'user-unavailable' : 'settings-invalid';
      throw new OakringError({ code, detail, field, value: name });
    }
    return new AllowedUsers(runAs, names.sort(), lacking);
  }

  /** Null: the worker's own. Rejects where that is not allowed here: it is placed elsewhere. */
  async userFor(asked: string | null): Promise<UserIdentity | null> {
    const name = asked ?? this.runAs;
    if (name === null) return null;
    if (!this.names.includes(name)) {
      throw notAllowed(`the user ${name}`, 'OAKRING_WORKER_USERS');
    }
    return identityOf(name).catch((error: unknown) => {
      throw new StartFailure(`cannot start: ${wordsOf(error)}`, 'node');
    });
  }
}

/** Null, or why nothing can be run as who is called so. */
export async function whyNotCalled(name: string): Promise<string | null> {
  if (!isRoot()) return 'the worker is not root';
  return identityOf(name).then((user) => whyNotAs(user), wordsOf);
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
