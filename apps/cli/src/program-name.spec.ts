import { describe, expect, it } from '@jest/globals';
import { programName } from './program-name.js';

describe('the name of the program, for commands to copy', () => {
  it.each([
    ['/work/oakring/bin/oakring.js', '/work/oakring', 'node bin/oakring.js'],
    ['/srv/app/node_modules/.bin/oakring', '/srv/app', 'npx oakring'],
    ['/usr/local/bin/oakring', '/home/me', 'oakring'],
  ])('%s, called in %s, is %s', (path, folder, name) => {
    expect(programName(path, folder)).toBe(name);
  });
});
