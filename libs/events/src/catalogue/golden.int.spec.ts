import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decodeEvents, emptyHead, type Commit } from '../log/commit.js';
import { decodeStoredCommit, encodeStoredCommit } from '../log/stored-commit.js';
import { verifyChain } from '../log/verify-chain.js';
import { eventProblem, eventSchemas, schemaVersion } from './catalogue.js';

const folder = join(process.cwd(), 'libs/events/golden');
const released = readdirSync(folder).filter((name) => /^schema-\d+\.ndjson$/.test(name));

describe.each(released)('The golden log %s', (name) => {
  const texts = linesOf(name);
  const commits = texts.map(commitOf);

  it('is read, and written the same way again', () => {
    expect(commits.map(encodeStoredCommit)).toEqual(texts);
  });

  it('has an unbroken chain', () => {
    expect(verifyChain(commits, emptyHead)).toMatchObject({
      status: 'intact',
      head: { position: commits.length },
    });
  });

  it('decodes to the same events for ever', () => {
    const expected = linesOf(name.replace('.ndjson', '.decoded.ndjson'));
    const decoded = commits.flatMap(decodeEvents);
    expect(decoded).toEqual(expected.map((line) => JSON.parse(line) as unknown));
  });

  it("passes today's schemas after its upcasters", () => {
    const problems = commits
      .flatMap(decodeEvents)
      .map(({ type, data }) => eventProblem(type, data));
    expect(problems.filter((problem) => problem !== null)).toEqual([]);
  });
});

describe('The newest golden log', () => {
  it('has an event of every type (npm run golden)', () => {
    const commits = linesOf(`schema-${schemaVersion}.ndjson`).map(commitOf);
    const types = new Set<string>(commits.flatMap(decodeEvents).map(({ type }) => type));
    expect(Object.keys(eventSchemas).filter((type) => !types.has(type))).toEqual([]);
  });
});

function linesOf(name: string): string[] {
  return readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
}

function commitOf(text: string, index: number): Commit {
  const decoded = decodeStoredCommit(text, index + 1);
  if (decoded.status === 'damaged') throw new Error(decoded.damage.detail);
  return decoded.commit;
}
