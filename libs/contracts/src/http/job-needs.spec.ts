import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../parsing/parsing.js';
import { jobOf, parseRequirement } from './job-document.js';
import type { SubmitJob } from './job-body.js';

const plain = { name: 'web', image: 'web', technology: 'docker' } as const;

function needsOf(document: JsonObject) {
  const requirement = parseRequirement({ ...plain, ...document });
  return requirement.ok ? requirement.value.constraints : requirement.refusal;
}
const submitted = (document: Partial<SubmitJob>) => () => jobOf({ ...plain, ...document });

describe('What a job document needs of a worker', () => {
  it('is nothing where it says nothing that a worker may not heed', () => {
    expect(needsOf({ cmd: ['run'], environment: { A: '1' }, args: [], volumes: null })).toEqual([]);
  });

  it('is a feature for each field that a worker may not know, by the technology', () => {
    expect(needsOf({ args: ['-v'], workingDirectory: '/srv' })).toEqual([
      {
        ...{ type: 'features', hostPaths: [], registries: [] },
        features: [
          { feature: 'docker:args', field: 'args' },
          { feature: 'docker:working-directory', field: 'workingDirectory' },
        ],
      },
    ]);
  });

  it('is nothing in the document of a root’s job, which has its own words', () => {
    expect(needsOf({ numbering: 'given', args: ['-v'] })).toEqual([]);
  });

  it('stands beside the rules that the document states', () => {
    const stated = { type: 'direct', node: 'n1' };
    expect(needsOf({ constraints: [stated], args: ['-v'] })).toMatchObject([
      stated,
      { type: 'features' },
    ]);
  });
});

describe('A job document', () => {
  it.each(['OAKRING_JOB', 'OAKRING_NODE', 'OAKRING_GENERATION', 'OAKRING_PORT_80'])(
    'cannot say otherwise what each instance is told by %s',
    (name) => {
      expect(submitted({ environment: { [name]: 'x' } })).toThrow(
        `environment sets ${name}, which the worker itself tells each instance; leave it out.`,
      );
      expect(submitted({ environment: [`${name}=x`] })).toThrow(/leave it out/);
    },
  );

  it('may use all other names', () => {
    expect(submitted({ environment: { OAKRING_URL: 'x', JOB: 'y' } })).not.toThrow();
  });
});
