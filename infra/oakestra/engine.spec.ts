import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { Engine } from './engine.js';

const image = 'docker.io/library/nginx:alpine';
let ports: SimulatedPorts;
let said: string[];
let engine: Engine;

beforeEach(() => {
  ports = simulatedPorts();
  said = [];
  engine = new Engine(
    { runtimes: ['docker', 'runc'], pullMs: (name) => (name.includes('large') ? 60_000 : 0) },
    (topic, payload) => {
      if (topic === 'jobs/resources') said.push(JSON.stringify(payload));
      else said.push(`${Reflect.get(payload, 'status')} ${Reflect.get(payload, 'status_detail')}`);
    },
    ports.timers,
    () => said.push('panic'),
  );
});

const order = (kind: 'deploy' | 'delete', changes: object = {}) => {
  const usual = { job_name: 'a.b', virtualization: 'docker', instance_number: 0, image };
  engine.control(kind, JSON.stringify({ ...usual, ...changes }));
};

describe('A worker of Oakestra', () => {
  it('says CREATED, and that it runs only by listing it, once for each runtime', async () => {
    order('deploy');
    await ports.advance(200);
    engine.report();
    engine.report();
    expect(said[0]).toBe('CREATED ');
    expect(said.slice(3)).toEqual([expect.stringContaining('"a.b"'), said[3]]);
  });

  it('lists right after a change by one runtime what it does not by another', async () => {
    const listed = () => said.splice(0).map((list) => list.includes('"a.b"'));
    order('deploy');
    await ports.advance(200);
    said = [];
    engine.report();
    expect(listed()).toEqual([true, false]);
    engine.report();
    expect(listed()).toEqual([true, true]);
    engine.end('a.b/0', 1);
    said = [];
    engine.report();
    expect(listed()).toEqual([false, true]);
  });

  it('says nothing while it fetches an image; a delete then is lost, and it starts after all', async () => {
    order('deploy', { image: 'docker.io/library/large:1' });
    await ports.advance(10_000);
    order('delete');
    expect(said).toEqual([]);
    await ports.advance(60_000);
    expect([said, engine.running]).toEqual([['CREATED '], ['a.b/0']]);
  });

  it('says of a second order during a pull, after it, that it is there already', async () => {
    order('deploy', { image: 'docker.io/library/large:1' });
    await ports.advance(10_000);
    order('deploy', { image: 'docker.io/library/large:1' });
    expect(said).toEqual([]);
    await ports.advance(60_000);
    expect(said).toEqual(['CREATED ', 'FAILED task already deployed']);
  });

  it('says of an end UNDEPLOYED, and DEAD when it is gone', async () => {
    order('deploy');
    await ports.advance(200);
    order('delete');
    expect(said).toEqual(['CREATED ', 'UNDEPLOYED ']);
    await ports.advance(200);
    expect(said.at(-1)).toBe('DEAD Container is starting up');
    expect(engine.running).toEqual([]);
  });

  it('is silent about what it does not have, also by the wrong runtime', async () => {
    order('delete');
    order('deploy', { virtualization: 'runc' });
    await ports.advance(200);
    order('delete');
    await ports.advance(200);
    expect([said, engine.running]).toEqual([['CREATED '], ['a.b/0']]);
  });

  it.each([
    ['an image without registry', { image: 'nginx' }, 'failed to resolve reference "nginx"'],
    ['a name that no container can have', { job_name: 'a..b' }, 'must match'],
    ['a runtime that is not active', { virtualization: 'unikernel' }, 'not active'],
  ])('fails %s', async (_what, changes, reason) => {
    order('deploy', changes);
    await ports.advance(200);
    expect(said).toEqual([expect.stringContaining(reason)]);
  });

  it('fails what runs, and what still ends', async () => {
    order('deploy');
    await ports.advance(200);
    order('deploy');
    await ports.advance(200);
    expect(said.at(-1)).toBe('FAILED task already deployed');
    order('delete');
    order('deploy');
    expect(said.at(-1)).toContain('already exists');
    await ports.advance(200);
    expect(engine.running).toEqual([]);
  });

  it('notes what nobody orders who knows what is there', async () => {
    order('deploy');
    order('deploy');
    await ports.advance(200);
    order('deploy');
    order('delete', { virtualization: 'runc' });
    order('delete');
    order('deploy');
    expect(engine.needless).toEqual([
      ...['deploy a.b/0 (pulling)', 'deploy a.b/0 (running)'],
      ...['delete a.b/0 (another runtime)', 'deploy a.b/0 (ending)'],
    ]);
  });

  it('says CREATED, and DEAD behind it, of what crashes when it is started', async () => {
    engine.crashing.add('a.b/0');
    order('deploy');
    await ports.advance(200);
    expect(said.map((word) => word.split(' ')[0])).toEqual(['CREATED', 'DEAD']);
    expect(engine.running).toEqual([]);
  });

  it('says COMPLETED of a one-shot that exits with 0 alone', async () => {
    order('deploy', { one_shot: true });
    order('deploy', { instance_number: 1 });
    await ports.advance(200);
    engine.end('a.b/0', 0);
    engine.end('a.b/1', 0);
    expect(said.slice(2).map((word) => word.split(' ')[0])).toEqual(['COMPLETED', 'DEAD']);
  });

  it('panics with all that it runs, and hears nothing after that', async () => {
    order('deploy');
    await ports.advance(200);
    order('delete', { virtualization: 'Docker' });
    order('deploy');
    await ports.advance(200);
    expect([said.at(-1), engine.hasPanicked, engine.running]).toEqual(['panic', true, []]);
  });

  it('says DEAD of each when it is told to stop', async () => {
    order('deploy');
    await ports.advance(200);
    engine.terminate();
    expect(said.at(-1)).toBe('DEAD Container is starting up');
  });
});
