import { describe, expect, it } from '@jest/globals';
import { instanceOf, SubmitJob } from '@oakring/contracts/http';
import { validateSync } from 'class-validator';
import { CommandFailure } from '../exit-codes.js';
import { jobDocument, type JobRequest } from './job-document.js';

function documentOf(request: Partial<JobRequest>) {
  return jobDocument({ image: undefined, cmd: [], options: {}, input: async () => '', ...request });
}

describe('the document of job run', () => {
  it('is what the manager accepts, from nothing but an image', async () => {
    const document = await documentOf({ image: 'registry:5000/team/web:1.2' });
    expect(document).toEqual({
      name: 'web',
      image: 'registry:5000/team/web:1.2',
      technology: 'docker',
    });
    expect(validateSync(instanceOf(SubmitJob, document))).toEqual([]);
  });

  it('carries every option in the place that the manager and the workers read', async () => {
    const document = await documentOf({
      image: '/bin/sleep',
      cmd: ['/bin/sleep', '60'],
      options: {
        id: 'nap',
        technology: 'process',
        count: 2,
        cpu: 100,
        memory: 32,
        label: { team: 'shop' },
        nodeLabel: { zone: 'north' },
        env: ['A=1'],
        node: 'edge-berlin',
      },
    });
    expect(document).toEqual({
      id: 'nap',
      name: 'nap',
      image: '/bin/sleep',
      technology: 'process',
      count: 2,
      resources: { cpuMillis: 100, memoryMiB: 32 },
      labels: { team: 'shop' },
      nodeLabels: { zone: 'north' },
      environment: ['A=1'],
      constraints: [{ type: 'direct', node: 'edge-berlin' }],
      cmd: ['/bin/sleep', '60'],
    });
    expect(validateSync(instanceOf(SubmitJob, document))).toEqual([]);
  });

  it('calls a process without an image by the program that it runs', async () => {
    const document = await documentOf({
      cmd: ['/bin/sleep', '60'],
      options: { technology: 'process' },
    });
    expect(document).toEqual({
      name: 'sleep',
      image: '/bin/sleep',
      technology: 'process',
      cmd: ['/bin/sleep', '60'],
    });
  });

  it('leaves out what was not said', async () => {
    const { resources } = await documentOf({ image: 'x', options: { cpu: 500 } });
    expect(resources).toEqual({ cpuMillis: 500 });
  });

  it('is the one on standard input, unknown fields included, with options over it', async () => {
    const input = async (): Promise<string> => '{"name":"a","image":"b","count":1,"mine":[1]}';
    expect(await documentOf({ options: { file: '-', count: 3 }, input })).toEqual({
      name: 'a',
      image: 'b',
      count: 3,
      mine: [1],
    });
  });

  it.each([
    ['no image and no file', {}],
    ['a command and no image, of a container', { cmd: ['ls'] }],
    ['a file that is not there', { options: { file: '/nowhere/job.json' } }],
    ['no JSON', { options: { file: '-' }, input: async () => '{' }],
    ['JSON that is no object', { options: { file: '-' }, input: async () => '[]' }],
  ])('is refused as wrong usage: %s', async (_, request) => {
    await expect(documentOf(request)).rejects.toThrow(CommandFailure);
    await expect(documentOf(request)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('may begin with a byte order mark, as over HTTP', async () => {
    const input = async () => '\uFEFF{"name":"web"}';
    expect(await documentOf({ options: { file: '-' }, input })).toEqual({ name: 'web' });
  });

  it('has no name twice: which of the two was meant?', async () => {
    const input = async () => '{"count":1,"count":3}';
    await expect(documentOf({ options: { file: '-' }, input })).rejects.toThrow('"count" twice');
  });
});
