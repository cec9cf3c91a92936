import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** Packages of Debian that the gate installs, in its order. */
function installedByGate(): readonly string[] {
  const gate = readFileSync('.ci/run', 'utf8');
  return [...gate.matchAll(/packages\+=\(([^)]+)\)/g)].flatMap(([, names = '']) =>
    names.split(' '),
  );
}

function namedToContributors(): readonly string[] {
  const page = readFileSync('CONTRIBUTING.md', 'utf8').replaceAll('\\\n', ' ');
  const [, named = ''] = /^apt-get install (.*)$/m.exec(page) ?? [];
  return named.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'));
}

describe('CONTRIBUTING.md', () => {
  it('names the packages that the gate installs, all of them and no others', () => {
    expect(installedByGate()).toContain('mosquitto');
    expect(namedToContributors()).toEqual(installedByGate());
  });
});
