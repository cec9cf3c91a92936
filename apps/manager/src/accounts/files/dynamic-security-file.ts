import { pbkdf2Sync } from 'node:crypto';
import type { Dialect } from '../../wires/dialect.port.js';
import { rightsOf } from './rights.js';

/** As Mosquitto 2.0 does it by itself: secrets are chance, so more of them would only cost time. */
const iterations = 101;
const hashBytes = 64;
const managerRole = 'oakring-manager';

/** The manager's own account. */
export interface ManagerAccount {
  readonly username: string;
  readonly password: string;
  /** 12 bytes of chance. */
  readonly salt: Uint8Array;
}

/**
 * What Mosquitto's plugin for dynamic security begins with: the manager, who may say and hear what managers do, and may
 * keep the accounts of nodes. Nothing else is allowed: what nodes may is in the access file, which is asked where the
 * plugin does not say yes.
 */
export function dynamicSecurityFile(dialects: readonly Dialect[], account: ManagerAccount): string {
  const { up, down } = rightsOf(dialects);
  const control = '$CONTROL/dynamic-security/#';
  const allowed = (acltype: string, topics: readonly string[]) =>
    topics.map((topic) => ({ acltype, topic, priority: 0, allow: true }));
  const file = {
    defaultACLAccess: {
      publishClientSend: false,
      publishClientReceive: false,
      subscribe: false,
      unsubscribe: false,
    },
    clients: [
      {
        username: account.username,
        textname: 'Oakring',
        ...hashed(account),
        roles: [{ rolename: managerRole }],
      },
    ],
    groups: [],
    roles: [
      {
        rolename: managerRole,
        acls: [
          ...allowed('publishClientSend', [control, ...down('+')]),
          ...allowed('publishClientReceive', [control, ...up('+')]),
          ...allowed('subscribePattern', [control, ...up('+')]),
          ...allowed('unsubscribePattern', ['#']),
        ],
      },
    ],
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function hashed({ password, salt }: ManagerAccount) {
  return {
    password: pbkdf2Sync(password, salt, iterations, hashBytes, 'sha512').toString('base64'),
    salt: Buffer.from(salt).toString('base64'),
    iterations,
  };
}
