import { describe, expect, it } from '@jest/globals';
import { writeVerifierKey } from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import { readWitnesses } from './witness-setting.js';

function keyOf(name: string): string {
  const key = freshKey();
  return writeVerifierKey({ name, publicKey: key.publicKey }, 'cosignature');
}

const [a, b] = [keyOf('a.example/w'), keyOf('b')];

describe('OAKRING_WITNESSES', () => {
  it('names witnesses by their keys, and where they are asked', () => {
    const witnesses = readWitnesses([a, `${b}  http://127.0.0.1:8080/`]);
    expect(witnesses).toMatchObject([
      { name: 'a.example/w', verifierKey: a, url: null },
      { name: 'b', verifierKey: b, url: 'http://127.0.0.1:8080/add-checkpoint' },
    ]);
    const [whole] = readWitnesses([`${b} https://w.example/x/add-checkpoint`]);
    expect(whole?.url).toBe('https://w.example/x/add-checkpoint');
  });

  it.each<[string, string[], string]>([
    ['a word that is no key', ['w+1+x'], '"w+1+x" does not begin with'],
    ['an address of another kind', [`${b} ftp://h`], '"ftp://h" of witness b is no http://'],
    ['a password', [`${b} http://me:secret@h`], 'of witness b is no http://'],
    ['a witness twice', [a, `${a} http://h`], 'witness a.example/w is named twice'],
    ['too many', Array.from({ length: 17 }, (_, at) => keyOf(`w${at}`)), '17 witnesses'],
    ['several faults at once', ['x', 'y'], '"x" does not begin with'],
  ])('is refused where it has %s', (_, entries, named) => {
    const reading = () => readWitnesses(entries);
    expect(reading).toThrow(named);
    expect(reading).not.toThrow('secret');
    if (entries.length === 2 && entries[1] === 'y') expect(reading).toThrow('"y" does not begin');
  });
});
