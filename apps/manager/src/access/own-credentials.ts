import {
  credentialsFolder,
  hashOfToken,
  isToken,
  keepTokens,
  keptToken,
  newToken,
  type LocalRole,
} from '@oakring/host';
import type { ClusterState } from '@oakring/model';

/** Digits of the manager's key that its credentials are called by: each manager of a cluster has its own. */
const keyDigits = 8;

interface OwnCredential {
  readonly name: string;
  readonly role: LocalRole;
  readonly token: string;
  readonly hash: string;
}

/** What programs of the manager's user on its machine are known by. */
export interface OwnCredentials extends Readonly<Record<LocalRole, OwnCredential>> {
  readonly folder: string;
  /** They were made by this start. */
  readonly isNew: boolean;
}

/**
 * Those of the data folder, made where there are none, where others may have read them, and where one holds no more:
 * it was revoked, or is older than a restore. They count from the next opening of an epoch on, which grants what the
 * ledger does not know (`open-epoch.ts`): a start that ended in between finds them again, and nothing is granted
 * twice.
 */
export function openOwnCredentials(
  dataFolder: string,
  { fingerprint, withBroker }: { readonly fingerprint: string; readonly withBroker: boolean },
  state: ClusterState,
): OwnCredentials {
  const kept = (role: LocalRole): string | null => {
    const token = keptToken(dataFolder, role);
    return token === null || !isToken(token) || isRevoked(state, token) ? null : token;
  };
  const suffix = fingerprint.slice(0, keyDigits);
  const found = { admin: kept('admin'), scheduler: kept('scheduler') };
  const [admin, scheduler] = (['admin', 'scheduler'] as const).map((role) => {
    const token = found[role] ?? newToken();
    return { name: `${role}-${suffix}`, role, token, hash: hashOfToken(token) };
  }) as [OwnCredential, OwnCredential];
  keepTokens(dataFolder, { admin, scheduler }, withBroker);
  const isNew = found.admin === null || found.scheduler === null;
  return { admin, scheduler, folder: credentialsFolder(dataFolder), isNew };
}

function isRevoked({ tokens, tokensOfHash }: ClusterState, token: string): boolean {
  const [name] = tokensOfHash.of(hashOfToken(token));
  return name !== undefined && tokens.get(name)?.revoked !== null;
}
