import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { spokenDialects } from '../../apps/manager/src/wires/spoken.js';
import { otherDialect } from '../../apps/manager/src/wires/testing/other.dialect.js';
import { aclOf } from './acl.js';

const file = 'infra/mosquitto/acl.example';

describe(file, () => {
  it('lets manager and workers do what the dialects say; if not, npm run acl writes it anew', () => {
    const rules = aclOf(spokenDialects);
    if (process.env['OAKRING_WRITES_ACL'] === 'true') writeFileSync(file, rules);
    expect(readFileSync(file, 'utf8')).toBe(rules);
  });
});

describe('Rules for workers of two dialects', () => {
  it('let them do what one of the two says, and name a topic of both once', () => {
    const rules = aclOf([...spokenDialects, otherDialect]).split('\n');
    expect(rules).toContain('pattern write nodes/%u/job/words');
    expect(rules).toContain('topic write nodes/+/control/deploy');
    expect(rules.filter((rule) => rule === 'pattern write nodes/%u/information')).toHaveLength(1);
  });
});
