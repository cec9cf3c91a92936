import { describe, expect, it } from '@jest/globals';
import { offencesIn } from './ports-only.js';

describe('the ports-only rule', () => {
  it.each(['Date.now()', 'new Date()', 'Math.random()', 'process.env.HOME'])(
    'finds %s in a source file',
    (code) => {
      const offences = offencesIn('apps/manager/src/outbox/x.ts', `\nconst x = ${code};`);
      expect(offences).toEqual([expect.objectContaining({ line: 2 })]);
    },
  );

  it('leaves the system ports, config folders, specs and comments alone', () => {
    expect(offencesIn('libs/ports/src/system/x.ts', 'Date.now()')).toEqual([]);
    expect(offencesIn('apps/scheduler/src/config/x.ts', 'process.env')).toEqual([]);
    expect(offencesIn('apps/cli/src/x.spec.ts', 'Math.random()')).toEqual([]);
    expect(offencesIn('apps/cli/src/x.ts', '// Date.now() is forbidden')).toEqual([]);
  });

  it('lets a date be made from a number', () => {
    expect(offencesIn('apps/cli/src/x.ts', 'new Date(at).toISOString()')).toEqual([]);
  });
});
