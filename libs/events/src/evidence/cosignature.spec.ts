import { describe, expect, it } from '@jest/globals';
import { freshKey } from '../../testing/sample-ledger.js';
import { cosign, verifyCosignature } from './cosignature.js';
import { noteSignature, readNote, writeNote, type SignedNote } from './signed-note.js';

const log = freshKey();
const witness = { ...freshKey(), name: 'witness.example.com/w1' };
const at = 1_679_315_147;
const text = 'oakring/c-1\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const checkpoint: SignedNote = { text, signatures: [noteSignature(text, 'oakring/c-1', log)] };

function cosigned(): SignedNote {
  return { text, signatures: [...checkpoint.signatures, cosign(checkpoint, witness, at)] };
}

describe('a cosignature', () => {
  it('says when a witness saw the checkpoint, and lies in the note beside the signature', () => {
    const read = readNote(writeNote(cosigned()));
    if (read.status === 'refused') throw new Error(read.reason);
    expect(verifyCosignature(read.note, witness)).toEqual({ status: 'cosigned', at });
  });

  it('signs the text that c2sp.org/tlog-cosignature shows, with its time before it', () => {
    const seen: string[] = [];
    const sign = (message: string) => {
      seen.push(message);
      return witness.sign(message);
    };
    const { bytes } = cosign(checkpoint, { ...witness, sign }, at);
    expect(seen).toEqual([`cosignature/v1\ntime 1679315147\n${text}`]);
    expect(Buffer.from(bytes.slice(0, 8)).toString('hex')).toBe('00000000641850cb');
    expect(bytes).toHaveLength(72);
  });

  it('is absent where another witness, another name, or the log itself signed', () => {
    const absent = { status: 'absent' };
    expect(verifyCosignature(cosigned(), { ...witness, name: 'w2' })).toEqual(absent);
    const other = { ...freshKey(), name: witness.name };
    expect(verifyCosignature(cosigned(), other)).toEqual(absent);
    expect(verifyCosignature(checkpoint, { ...log, name: 'oakring/c-1' })).toEqual(absent);
  });

  it.each([
    ['time', 7],
    ['signature', 40],
  ])('with another %s is refused', (_, index) => {
    const [signed, line] = cosigned().signatures;
    if (signed === undefined || line === undefined) throw new Error('none');
    const bytes = line.bytes.map((byte, place) => (place === index ? byte ^ 1 : byte));
    const note = { text, signatures: [signed, { ...line, bytes }] };
    expect(verifyCosignature(note, witness).status).toBe('refused');
  });

  it.each([
    ['another text', { ...cosigned(), text: text.replace('7', '8') }],
    ['bytes too few', shortened()],
    ['a time beyond all clocks', inFarFuture()],
  ])('over %s is refused', (_, note) => {
    expect(verifyCosignature(note, witness).status).toBe('refused');
  });

  it('is not made without a time', () => {
    expect(() => cosign(checkpoint, witness, 1.5)).toThrow(TypeError);
    expect(() => cosign(checkpoint, witness, -1)).toThrow(TypeError);
  });
});

function shortened(): SignedNote {
  const line = cosign(checkpoint, witness, at);
  return { text, signatures: [{ ...line, bytes: line.bytes.slice(0, -1) }] };
}

function inFarFuture(): SignedNote {
  const line = cosign(checkpoint, witness, at);
  const bytes = line.bytes.map((byte, place) => (place < 8 ? 0x7f : byte));
  return { text, signatures: [{ ...line, bytes }] };
}
