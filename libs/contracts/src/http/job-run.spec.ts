import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { SubmitJob } from './job-body.js';
import { parseCommand, parseEnvironment } from './job-run.js';
import { secretsNamedIn } from './job-secrets.js';
import { instanceOf } from './shape.js';

/** What the rules of a job document refuse. */
function refusedFields(job: Record<string, unknown>): string[] {
  return validateSync(instanceOf(SubmitJob, job)).map(({ property }) => property);
}

describe('The environment of a job', () => {
  it.each([
    [undefined, {}],
    [['A=1', 'B=x=y', 'C='], { A: '1', B: 'x=y', C: '' }],
    [
      { A: 'x', port: 80, 'spring.debug': true },
      { A: 'x', port: '80', 'spring.debug': 'true' },
    ],
  ])('is names with texts (%j)', (environment, value) => {
    expect(parseEnvironment({ environment })).toEqual({
      ok: true,
      value: { environment: value, secretEnvironment: {} },
    });
  });

  it('names secrets in the place of values, which are none of its values', () => {
    const environment = { PASSWORD: { secret: 'db' }, LEVEL: 'debug', KEY: { secret: 'db' } };
    expect(parseEnvironment({ environment })).toEqual({
      ok: true,
      value: {
        environment: { LEVEL: 'debug' },
        secretEnvironment: { PASSWORD: 'db', KEY: 'db' },
      },
    });
    const registryCredentials = { secret: 'hub' };
    expect(secretsNamedIn({ environment, registryCredentials })).toEqual(['db', 'hub']);
    expect(secretsNamedIn({ environment: ['A=1'], registryCredentials: 'team' })).toEqual([]);
    const job = { name: 'web', image: 'web:1', technology: 'docker' };
    expect(refusedFields({ ...job, environment, registryCredentials })).toEqual([]);
    const odd = { registryCredentials: { secret: 'a b' } };
    expect(refusedFields({ ...job, ...odd })).toEqual(['registryCredentials']);
  });

  it.each([
    [['A']],
    [['=x']],
    [[7]],
    [['A=\0']],
    ['A=1'],
    [{ A: {} }],
    [{ A: ['x'] }],
    [{ A: null }],
    [{ A: { secret: '' } }],
    [{ A: { secret: 'a b' } }],
    [{ A: { secret: 7 } }],
    [{ A: { secret: 'db', version: 1 } }],
    [{ 'A=B': { secret: 'db' } }],
    [{ 'A=B': 'x' }],
    [{ '': 'x' }],
    [{ 'A\0': 'x' }],
  ])('is refused where a process could not take it (%j)', (environment) => {
    const job = { name: 'web', image: 'web:1', technology: 'docker', environment };
    expect(refusedFields(job)).toEqual(['environment']);
  });
});

describe('The command of a job', () => {
  it('is under either name; null is none', () => {
    for (const job of [
      { cmd: ['x'], command: ['y'] },
      { cmd: null, command: ['x'] },
    ]) {
      expect(parseCommand(job)).toEqual({ ok: true, value: ['x'] });
    }
    expect(parseCommand({ cmd: null })).toEqual({ ok: true, value: null });
  });

  it.each([['sleep 60'], [['sleep', 60]], [{}], [['sleep\0']]])(
    'is refused where no worker could run it (%j)',
    (given) => {
      for (const field of ['cmd', 'command']) {
        const job = { name: 'web', image: 'web:1', technology: 'process', [field]: given };
        expect(refusedFields(job)).toEqual([field]);
      }
    },
  );
});
