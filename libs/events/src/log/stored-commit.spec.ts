import { describe, expect, it } from '@jest/globals';
import { emptyHead } from './commit.js';
import { commitMaker } from '../../testing/sample-commits.js';
import { decodeStoredCommit, encodeStoredCommit } from './stored-commit.js';

const commit = commitMaker(emptyHead).next(['a', 'b']);
const text = encodeStoredCommit(commit);

describe('A stored commit', () => {
  it('reads back as the commit that it was', () => {
    expect(decodeStoredCommit(text, 1)).toEqual({ status: 'commit', commit });
  });

  it('is what was hashed, a tabulator and the hash; the header has its members in canonical order', () => {
    const [header = '', events, hash] = text.split('\t');
    expect(Object.keys(JSON.parse(header) as object)).toEqual([
      '_id',
      'at',
      'commands',
      'commitId',
      'epoch',
      'format',
      'prev',
      'streams',
    ]);
    expect({ events, hash }).toEqual({ events: commit.events, hash: commit.hash });
  });

  it.each([
    ['a text that is not JSON', '{"_id":1', 'not-a-commit'],
    ['a list', '[]', 'not-a-commit'],
    ['a header that is not JSON', text.replace('{"_id', '{"_id":'), 'not-a-commit'],
    ['a position that is a text', text.replace('"_id":1', '"_id":"1"'), 'field'],
    ['a time that is a number', text.replace(/"at":"[^"]+"/, '"at":7'), 'field'],
    ['a time that is not in the one form', text.replace(/(\d\d)\.000Z"/, '$1Z"'), 'field'],
    ['a year of six digits', text.replace(/"at":"\d{4}/, '"at":"+012345'), 'field'],
    ['a hash of 63 digits', text.slice(0, -1), 'field'],
    ['a hash in capitals', text.slice(0, -64) + text.slice(-64).toUpperCase(), 'field'],
    ['an epoch that is not an integer', text.replace('"epoch":1', '"epoch":1.5'), 'field'],
    ['no events', text.replace(/\t.*\t/, '\t'), 'not-a-commit'],
    ['a command without outcome', text.replace(/,"outcome":\{[^}]*\}/, ''), 'field'],
    ['a stream that is a number', text.replace('["a","b"]', '["a",7]'), 'field'],
    ['a missing field', text.replace('"epoch":1,', ''), 'field'],
    ['a further field', text.replace('"epoch":1,', '"epoch":1,"extra":1,'), 'field'],
    ['a format that is none', text.replace('"format":2', '"format":3'), 'field'],
    ['a blank between members', text.replace(',"epoch"', ', "epoch"'), 'not-a-commit'],
    ['members in another order', text.replace(/("epoch":1),("format":2)/, '$2,$1'), 'not-a-commit'],
    ['a member twice', text.replace('"epoch":1', '"epoch":1,"epoch":1'), 'not-a-commit'],
    ['another position', text.replace('"_id":1', '"_id":2'), 'gap'],
  ])('is damaged when it is %s', (_what, stored, kind) => {
    expect(stored).not.toBe(text);
    expect(decodeStoredCommit(stored, 1)).toMatchObject({
      status: 'damaged',
      damage: { position: 1, kind },
    });
  });
});
