import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** What of a package in the lock file is looked at here. */
interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Readonly<Record<string, Locked>>;
};

describe('The image for arm64', () => {
  it('finds each binary that the one for amd64 has', () => {
    const shipped = Object.entries(packages).filter(
      ([, { dev, devOptional }]) => !dev && !devOptional,
    );
    const of = (processor: string) =>
      shipped
        .filter(([, { os, cpu }]) => os?.includes('linux') && cpu?.includes(processor))
        .map(([path]) => path.replace(processor, '<processor>'))
        .toSorted();
    expect(of('x64').length).toBeGreaterThan(0);
    expect(of('arm64')).toEqual(of('x64'));
  });
});
