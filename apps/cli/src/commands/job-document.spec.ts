import { describe, expect, it } from '@jest/globals';
import { instanceOf, SubmitJob } from '@oakring/contracts/http';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { CommandFailure } from '../exit-codes.js';
import { jobDocument, jobDocuments, type JobRequest } from './job-document.js';

const nothing: JobRequest = {
  ...{ image: undefined, cmd: [], options: {}, input: async () => '' },
};

async function documentOf(request: Partial<JobRequest>) {
  return (await jobDocument({ ...nothing, ...request })).document;
}

/** From standard input. */
function written(text: string, options: JobRequest['options'] = {}) {
  const input = async () => text;
  return jobDocuments({ ...nothing, options: { file: '-', ...options }, input });
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
    await expect(documentOf({ options: { file: '-' }, input })).rejects.toThrow('line 1:12');
  });
});

const yaml = `
# A shop.
name: web
image: shop:1
technology: docker
resources: { cpu: 500m, memory: 256Mi }
ports:
  - 80
  - 8080:80
onDisconect:
  lostAfterMs: 5
environment: &usual { LEVEL: debug }
---
name: shop
environment:
  <<: *usual
`;

describe('a job document in YAML', () => {
  it('says what it says in JSON', async () => {
    const [job] = await written(yaml.slice(0, yaml.indexOf('---')));
    expect(job?.document).toEqual({
      ...{ name: 'web', image: 'shop:1', technology: 'docker' },
      resources: { cpu: '500m', memory: '256Mi' },
      ports: [80, '8080:80'],
      onDisconect: { lostAfterMs: 5 },
      environment: { LEVEL: 'debug' },
    });
  });

  it('is what any document says that YAML is written of', async () => {
    const values = fc.jsonValue({ maxDepth: 3 });
    const names = fc.stringMatching(/^[A-Za-z][\w./-]{0,12}$/);
    const documents = fc.dictionary(names, values, { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        const plain: unknown = JSON.parse(JSON.stringify(document));
        const [job] = await written(`---\n${stringify(plain, { lineWidth: 0 })}`);
        expect(job?.document).toEqual(plain);
      }),
      { seed: 15, numRuns: 60 },
    );
  });

  it('may be one of several in a file, which are taken in their order', async () => {
    const three = yaml.replace('*usual', '{ LEVEL: info }').concat('---\nname: c\n---\n');
    const jobs = await written(three, { count: 2 });
    expect(jobs.map(({ document }) => [document['name'], document['count']])).toEqual([
      ...[
        ['web', 2],
        ['shop', 2],
        ['c', 2],
      ],
    ]);
    await expect(written(three, { id: 'web' })).rejects.toThrow('--id and --name are for one');
    await expect(
      jobDocument({ ...nothing, options: { file: '-' }, input: async () => three }),
    ).rejects.toThrow('3 documents; this takes one');
  });

  it.each([
    ['name: a\nname: b\n', 'line 2:1'],
    ['name: a\n  image: b\n', 'line 1:7'],
    ['name: a\ncount: .inf\n', 'line 2:1'],
    ['name: !secret a\n', 'line 1:7'],
    ['- name: a\n', 'not an object'],
    ['name: a\n---\nweb\n', 'line 3:1'],
    ['a: &a [1]\nb: &b [*a,*a,*a,*a,*a]\nc: *nowhere\n', 'nowhere'],
    ['# nothing\n', 'no document'],
    ['{"name": "a", }\n---\n{', 'line 3:2'],
  ])('that cannot be read is refused with its place: %j', async (text, place) => {
    await expect(written(text)).rejects.toThrow(place);
    await expect(written(text)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('is not written out without end', async () => {
    const tenfold = (name: string, of: string) => `${name}: &${name} [${`*${of},`.repeat(10)}]\n`;
    const text = `a: &a [x]\n${tenfold('b', 'a')}${tenfold('c', 'b')}${tenfold('d', 'c')}`;
    await expect(written(text)).rejects.toThrow('alias');
  });

  it('tells where a field stands, or what is above it', async () => {
    const [job] = await written(yaml.slice(0, yaml.indexOf('---')));
    const places = ['onDisconect', 'resources.cpu', 'ports.1', 'ports.0.published', 'count'];
    const found = places.map(async (field) => job?.placeOf(field));
    expect(await Promise.all(found)).toEqual([
      ...['line 10:1', 'line 6:14', 'line 9:5', 'line 8:5', 'line 3:1'],
    ]);
    const [json] = await written('{\n  "name": "a",\n  "cnt": 1 }');
    expect(await json?.placeOf('cnt')).toBe('line 3:3');
  });
});
