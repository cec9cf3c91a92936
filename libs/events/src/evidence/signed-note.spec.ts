import { describe, expect, it } from '@jest/globals';
import { base64Of } from '@oakring/crypto';
import { freshKey } from '../../testing/sample-ledger.js';
import {
  isNoteSignedBy,
  noteAlgorithms,
  noteKeyId,
  noteSignature,
  readNote,
  writeNote,
} from './signed-note.js';

/** SPKI of a key that was published as 32 bytes in base 64, after its algorithm's byte. */
function spkiOf(verifierKey: string): string {
  const raw = Buffer.from(verifierKey, 'base64').subarray(1);
  return Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]).toString('base64');
}

/** From the documentation of the format's first implementation, and from a public log. */
const published = [
  {
    name: 'PeterNeumann',
    keyId: 'c74f20a3',
    verifierKey: 'ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    content:
      'If you think cryptography is the answer to your problem,\n' +
      "then you don't know what your problem is.\n\n" +
      '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
  },
  {
    name: 'sum.golang.org',
    keyId: '033de0ae',
    verifierKey: 'Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
    content:
      'go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
      '— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
  },
];

/** Examples of the pages, whose keys are not published. */
const shown = [
  {
    page: 'signed-note',
    content:
      'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n' +
      '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n',
    lines: 4,
    signers: ['quasimodo.example/salvatore 367ba04b'],
  },
  {
    page: 'tlog-cosignature',
    content:
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
      '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n' +
      '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n',
    lines: 3,
    signers: ['example.com/behind-the-sofa 033de0ae', 'witness.example.com/w1 8d66cf3f'],
  },
];

const key = freshKey();
const text = 'a text\n\nof three lines\n';

function signed(name = 'log.example/a', content = text) {
  return { text: content, signatures: [noteSignature(content, name, key)] };
}

describe('a signed note', () => {
  it.each(published)('of $name, as others publish it, is verified', (vector) => {
    const { name, keyId, verifierKey, content } = vector;
    const read = readNote(content);
    if (read.status === 'refused') throw new Error(read.reason);
    const publicKey = spkiOf(verifierKey);
    expect(noteKeyId(name, publicKey, noteAlgorithms.ed25519)).toBe(keyId);
    expect(isNoteSignedBy(read.note, name, publicKey)).toBe(true);
    expect(isNoteSignedBy({ ...read.note, text: 'another\n' }, name, publicKey)).toBe(false);
    expect(isNoteSignedBy(read.note, `${name}/b`, publicKey)).toBe(false);
    expect(writeNote(read.note)).toBe(content);
  });

  it.each(shown)('is read as c2sp.org shows it: $page', ({ content, lines, signers }) => {
    const read = readNote(content);
    if (read.status === 'refused') throw new Error(read.reason);
    const { note } = read;
    expect(note.text.split('\n')).toHaveLength(lines + 1);
    expect(note.signatures.map(({ name, keyId }) => `${name} ${keyId}`)).toEqual(signers);
    expect(writeNote(note)).toBe(content);
  });

  it('is read as it was written, also with empty lines and with several signatures', () => {
    const { signatures } = signed('b');
    const note = { text, signatures: [...signed('a').signatures, ...signatures] };
    expect(readNote(writeNote(note))).toEqual({ status: 'note', note });
    expect(isNoteSignedBy(note, 'b', key.publicKey)).toBe(true);
    expect(isNoteSignedBy(note, 'a', freshKey().publicKey)).toBe(false);
  });

  const whole = writeNote(signed());
  const [line = ''] = whole.split('\n').slice(-2);
  const encoded = line.split(' ')[2] ?? '';
  it.each([
    ['nothing', '', 'does not end with a line feed'],
    ['no end', whole.slice(0, -1), 'does not end with a line feed'],
    ['no signature', `${text}\n`, 'signature line 1'],
    ['no blank line', `${text.replace('\n\n', '\n')}${line}\n`, 'no blank line'],
    ['a carriage return', whole.replace('three', 'three\r'), 'control characters'],
    ['a tab in it', whole.replace('three', '\t'), 'control characters'],
    ['half a character', whole.replace('three', '\ud800'), 'half a character'],
    ['a hyphen for the dash', whole.replace('—', '-'), 'signature line 1'],
    ['two spaces', whole.replace('— ', '—  '), 'signature line 1'],
    ['a space at the end', `${whole.slice(0, -1)} \n`, 'signature line 1'],
    ['a plus in the name', whole.replace('example/a', 'example+a'), 'signature line 1'],
    ['a wide space in the name', whole.replace('example/a', 'example\u3000a'), 'signature line 1'],
    ['no padding', whole.replace(/=+\n$/, '\n'), 'signature line 1'],
    ['bits to spare', whole.replace(encoded, `${encoded.slice(0, -2)}B=`), 'signature line 1'],
    ['a key id only', whole.replace(encoded, 'AAAAAA=='), 'signature line 1'],
    ['one signature twice', `${whole}${line}\n`, 'signs twice'],
    ['another text behind it', `${whole}more\n`, 'signature line 2'],
    ['more lines than are read', `${text}\n${`${line}\n`.repeat(65)}`, 'more than 64'],
    ['no bounds', `${'x'.repeat(70_000)}\n\n${line}\n`, 'longer than'],
  ])('with %s is refused with a reason', (_, content, reason) => {
    expect(readNote(content)).toEqual({
      status: 'refused',
      reason: expect.stringContaining(reason),
    });
  });

  it('is not written where it could not be read', () => {
    expect(() => writeNote(signed('a name'))).toThrow('refused to write a note');
    expect(() => writeNote({ text: 'no end', signatures: signed().signatures })).toThrow(TypeError);
    expect(() => writeNote({ text, signatures: [] })).toThrow(TypeError);
  });

  it('is not signed by a signature of another length', () => {
    const [signature] = signed().signatures;
    if (signature === undefined) throw new Error('none');
    const note = { text, signatures: [{ ...signature, bytes: Uint8Array.of(1, 2) }] };
    expect(base64Of(signature.bytes)).toHaveLength(88);
    expect(isNoteSignedBy(note, signature.name, key.publicKey)).toBe(false);
  });
});
