import { describe, expect, it } from '@jest/globals';
import { technologiesOf, whyNotOfTechnology } from './technology-fields.js';

describe('A field that a technology can make nothing of', () => {
  it.each([
    ['simulated', { ports: ['80'] }, 'ports'],
    ['simulated', { volumes: ['data:/data'] }, 'volumes'],
    ['process', { volumes: ['a', '/srv/x'] }, 'volumes.1.hostPath'],
    ['process', { volumes: [{ volume: 'a', target: '/a' }] }, 'volumes.0.target'],
    ['process', { volumes: ['data:ro'] }, 'volumes.0.readOnly'],
    ['process', { pull: 'always' }, 'pull'],
    ['process', { registryCredentials: 'mine' }, 'registryCredentials'],
    ['simulated', { environment: { A: { secret: 'db' } } }, 'environment'],
    ['unikernel', { user: '1000' }, 'user'],
    ['unikernel', { health: { command: ['x'] } }, 'health.command'],
    ['unikernel', { health: { tcp: { port: 80 } } }, 'health.tcp'],
    ['docker', { volumes: ['data:/data', 'more'] }, 'volumes.1.target'],
  ])('is refused where it stands, with the reason: %s %j', (technology, more, field) => {
    const refusal = whyNotOfTechnology({ technology, ...more });
    expect(refusal).toMatchObject({ code: 'invalid-field', field });
    expect(refusal?.detail).toMatch(/^\S+ is (not for technology \S+:|missing:) .+\.$/);
  });

  it.each([
    ['simulated', { ports: [], volumes: null }],
    ['process', { volumes: ['data'], ports: ['80'], user: 'app' }],
    ['docker', { volumes: ['/srv/x:/x'], pull: 'always', health: { command: ['x'] } }],
    ['docker', { network: 'none', simulate: {} }],
    ['unikernel', { environment: { A: { secret: 'db' } } }],
    ['simulated', { environment: { A: 'x' } }],
    ['any', { numbering: 'given', ports: ['80'] }],
  ])('is one that says something, and that others use: %s %j', (technology, more) => {
    expect(whyNotOfTechnology({ technology, ...more })).toBeNull();
  });

  it('is used by those that are said to, below what it is part of', () => {
    expect(technologiesOf('volumes.hostPath')).toEqual(['docker']);
    expect(technologiesOf('volumes.volume')).toEqual(['docker', 'process']);
    expect(technologiesOf('volumes.readOnly')).toEqual(['docker']);
    expect(technologiesOf('image')).toHaveLength(4);
  });
});
