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

  it('has its members in canonical order, hash included', () => {
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      '_id',
      'at',
      'commands',
      'commitId',
      'epoch',
      'events',
      'hash',
      'prev',
      'streams',
    ]);
  });

  it.each([
    ['a text that is not JSON', '{"_id":1', 'not-a-commit'],
    ['a list', '[]', 'not-a-commit'],
    ['a position that is a text', text.replace('"_id":1', '"_id":"1"'), 'field'],
    ['a time that is a number', text.replace(/"at":"[^"]+"/, '"at":7'), 'field'],
    ['a time that is not in the one form', text.replace(/(\d\d)\.000Z"/, '$1Z"'), 'field'],
    ['a hash of 63 digits', text.replace(/"hash":"./, '"hash":"'), 'field'],
    ['an epoch that is not an integer', text.replace('"epoch":1', '"epoch":1.5'), 'field'],
    ['events that are not a text', text.replace(/"events":"[^}]*\}.*\]"/, '"events":[]'), 'field'],
    ['a command without outcome', text.replace(/,"outcome":\{[^}]*\}/, ''), 'field'],
    ['a stream that is a number', text.replace('["a","b"]', '["a",7]'), 'field'],
    ['a missing field', text.replace('"epoch":1,', ''), 'field'],
    ['a further field', text.replace('"epoch":1,', '"epoch":1,"extra":1,'), 'field'],
    ['another position', text.replace('"_id":1', '"_id":2'), 'gap'],
  ])('is damaged when it is %s', (_what, stored, kind) => {
    expect(stored).not.toBe(text);
    expect(decodeStoredCommit(stored, 1)).toMatchObject({
      status: 'damaged',
      damage: { position: 1, kind },
    });
  });
});
