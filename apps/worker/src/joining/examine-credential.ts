import { badFinding, type Finding } from '@oakring/host';
import type { WorkerOptions } from '../config/worker-options.js';
import { CredentialFile } from './credential-file.js';
import { joinWay } from './join-ways.js';
import type { Shown } from './joiner.js';

const part = 'broker';
const looked = 'credential of the node';

/**
 * What a worker with these settings would show at its broker, or how it would come by it (`joins`). Nothing is asked or
 * changed.
 */
export async function examineCredential({
  id,
  join,
  dataFolder,
  username,
  password,
}: Pick<WorkerOptions, 'id' | 'join' | 'dataFolder' | 'username' | 'password'>): Promise<
  Shown & { readonly findings: readonly Finding[]; readonly joins: boolean }
> {
  const nothing = { username, password, joins: false };
  if (join === undefined) return { ...nothing, findings: [] };
  try {
    const { since = null, secret = '' } = (await CredentialFile.open(dataFolder)).of(id) ?? {};
    if (since !== null) {
      const seen = `its own, since ${since}`;
      const shown = { username: id, password: secret, joins: false };
      return { ...shown, findings: [{ part, level: 'ok', looked, seen }] };
    }
    const way = await joinWay(join);
    const seen =
      way === null
        ? `none, and nothing to join by at ${join.managerUrl}: an open cluster needs none`
        : `none yet: it joins by ${way.says}`;
    const findings: readonly Finding[] = [{ part, level: 'ok', looked, seen }];
    return { ...nothing, joins: way !== null, findings };
  } catch (error) {
    return { ...nothing, findings: [badFinding(part, looked, error)] };
  }
}
