import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { dynamicSecurityFile } from '../../apps/manager/src/accounts/files/dynamic-security-file.js';
import { emqxAccess } from '../../apps/manager/src/accounts/files/emqx-access.js';
import { mosquittoAccess } from '../../apps/manager/src/accounts/files/mosquitto-access.js';
import { spokenDialects } from '../../apps/manager/src/wires/spoken.js';
import { otherDialect } from '../../apps/manager/src/wires/testing/other.dialect.js';

/** Of an example nobody logs in by. */
const account = { username: 'oakring', password: 'change-me', salt: Buffer.from('an example.!') };

describe.each([
  ['infra/mosquitto/acl.example', mosquittoAccess(spokenDialects)],
  ['infra/mosquitto/dynamic-security.example.json', dynamicSecurityFile(spokenDialects, account)],
  ['infra/emqx/acl.conf', emqxAccess(spokenDialects)],
])('%s', (file, rules) => {
  it('lets manager and workers do what the dialects say; if not, npm run acl writes it anew', () => {
    if (process.env['OAKRING_WRITES_ACL'] === 'true') writeFileSync(file, rules);
    expect(readFileSync(file, 'utf8')).toBe(rules);
  });
});

describe('Rules for workers of two dialects', () => {
  it('let them do what one of the two says, and name a topic of both once', () => {
    const rules = mosquittoAccess([...spokenDialects, otherDialect]).split('\n');
    expect(rules).toContain('pattern write nodes/%u/job/words');
    expect(rules).toContain('topic write nodes/+/control/deploy');
    expect(rules.filter((rule) => rule === 'pattern write nodes/%u/information')).toHaveLength(1);
  });
});
