import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, type JobAnswer, type JobOrderAnswer } from '@oakring/contracts';
import { fieldsOf, SubmitJob, type ShapeClass } from '@oakring/contracts/http';
import fc from 'fast-check';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { jobDocuments } from './testing/random-documents.js';

let manager: TestManager;
beforeAll(async () => {
  manager = await startTestManager();
});
afterAll(() => manager.close());

async function ask<T>(method: string, path: string, body?: unknown) {
  const response = await manager.send(method, path, body);
  return { status: response.status, body: (await response.json()) as T };
}

/** Of many those that have a field which none before had. */
const all = pathsOf(SubmitJob, '');
const seen = new Set<string>();
const drawn = fc
  .sample(jobDocuments(), { seed: 15, numRuns: 150 })
  .filter((document) => {
    const before = seen.size;
    for (const path of pathsIn(document, '')) if (all.includes(path)) seen.add(path);
    return seen.size > before;
  })
  .map((document, at) => ({ ...document, id: `job-${at}` }));

describe('What is shown as the document of a job', () => {
  it('is what was submitted, and is taken back without a change, whatever its fields are', async () => {
    for (const document of drawn) {
      const path = `/api/v1/jobs/${document.id}`;
      const submitted = await ask<JobAnswer>('POST', '/api/v1/jobs', document);
      const { status, body } = submitted;
      expect({ document, status, refused: 'detail' in body ? body.detail : null }).toEqual({
        ...{ document, status: 201, refused: null },
      });
      const shown = await ask<JobAnswer>('GET', path);
      expect(shown.body.document).toEqual(document);
      const put = await ask<JobOrderAnswer>('PUT', path, shown.body.document);
      expect(put).toMatchObject({ status: 200, body: { revision: 1, restarts: false } });
      expect(await ask('GET', path)).toEqual(shown);
    }
  });

  it('was tried with every field that there is', () => {
    expect(all.filter((path) => !seen.has(path))).toEqual([]);
  });
});

/** `ports.port`, whichever entry of a list has it. */
function pathsIn(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => pathsIn(each, path));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [at, ...pathsIn(each, at)];
  });
}

function pathsOf(type: ShapeClass, path: string): string[] {
  return [...fieldsOf(type)].flatMap(([name, { kind }]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return kind.nested === undefined ? [at] : [at, ...pathsOf(kind.nested.of, at)];
  });
}
