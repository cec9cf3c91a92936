import { describe, expect, it } from '@jest/globals';
import { redactionOf } from './redaction.js';

const redacted = redactionOf({ db: 'p@ss word/7', pem: 'first-line\nsecond-line', pin: '123' });

describe('What an instance says, without the secrets that it was given', () => {
  it.each([
    ['nothing of them', 'all is well', 'all is well'],
    ['a value', 'login p@ss word/7 refused', 'login [secret db] refused'],
    ['it twice', 'p@ss word/7,p@ss word/7', '[secret db],[secret db]'],
    ['in an address', 'GET /?p=p%40ss%20word%2F7', 'GET /?p=[secret db]'],
    ['in JSON', '{"pem":"first-line\\nsecond-line"}', '{"pem":"[secret pem]"}'],
    ['a line of one', 'bad key: second-line', 'bad key: [secret pem]'],
    ['cut at the end', 'login p@ss wo', 'login [secret db]'],
    ['cut at the end by us', 'login p@ss wo…', 'login [secret db]…'],
    ['cut at the beginning', ' word/7 refused', '[secret db] refused'],
    ['one that is too short to be one', 'code 123', 'code 123'],
  ])('has %s', (_, text, said) => {
    expect(redacted(text)).toBe(said);
  });

  it('is as it came where there are none', () => {
    expect(redactionOf({})('p@ss word/7')).toBe('p@ss word/7');
  });

  it('has the longer of two that begin alike', () => {
    const both = redactionOf({ short: 'abcdef', long: 'abcdefghij' });
    expect(both('abcdefghij abcdef')).toBe('[secret long] [secret short]');
  });
});
