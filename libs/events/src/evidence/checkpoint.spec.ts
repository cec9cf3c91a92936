import { describe, expect, it } from '@jest/globals';
import { freshKey } from '../../testing/sample-ledger.js';
import {
  checkpointText,
  isCheckpointSigned,
  readCheckpoint,
  signCheckpoint,
} from './checkpoint.js';

const key = freshKey();
const statement = {
  ...{ clusterId: 'c-1', position: 20_852_163, epoch: 3, keyEvents: 4 },
  merkleRoot: '0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62',
  hash: 'ab'.repeat(32),
};
const { fingerprint, publicKey } = key;

describe('a checkpoint', () => {
  it('is origin, size and root as everybody writes them, and four lines of ours', () => {
    expect(checkpointText({ ...statement, fingerprint })).toBe(
      'oakring/c-1\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n' +
        `commit ${'ab'.repeat(32)}\nepoch 3\nseals 4\nkey ${fingerprint}\n`,
    );
  });

  it('is read as it was signed, and only its key signed it, for its cluster', () => {
    const read = readCheckpoint(signCheckpoint(statement, key));
    if (read.status === 'refused') throw new Error(read.reason);
    expect(read.checkpoint).toEqual({ ...statement, fingerprint });
    expect(isCheckpointSigned(read.note, 'c-1', publicKey)).toBe(true);
    expect(isCheckpointSigned(read.note, 'c-1', freshKey().publicKey)).toBe(false);
    expect(isCheckpointSigned(read.note, 'c-2', publicKey)).toBe(false);
    const altered = { ...read.note, text: read.note.text.replace('epoch 3', 'epoch 4') };
    expect(isCheckpointSigned(altered, 'c-1', publicKey)).toBe(false);
  });

  const whole = signCheckpoint(statement, key);
  const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
  it.each([
    ['of another log', 'oakring/c-1\n2', 'example.com/log\n2', 'first line'],
    ['of a cluster without an id', 'oakring/c-1\n2', 'oakring/\n2', 'first line'],
    ['of a cluster with a space', 'oakring/c-1\n2', 'oakring/c 1\n2', 'first line'],
    ['with a leading zero', '20852163', '020852163', 'second line'],
    ['with a sign', '20852163', '+20852163', 'second line'],
    ['of nothing', '20852163', '0', 'second line'],
    ['beyond all counting', '20852163', '9007199254740992', 'second line'],
    ['with a short root', root, 'CsUYapGG', 'third line'],
    ['with a root whose last bits are not zero', root, root.replace('2I=', '2J='), 'third line'],
    ['without our lines', /commit .*\nepoch .*\nseals .*\nkey .*\n/, '', 'further lines'],
    ['with a line more', 'epoch 3', 'epoch 3\nnote x', 'further lines'],
    ['with its lines in another order', /(commit .*)\n(epoch 3)/, '$2\n$1', 'further lines'],
    ['with capitals in a hash', 'commit ab', 'commit AB', 'further lines'],
    ['with an epoch that is none', 'epoch 3', 'epoch 03', 'further lines'],
    ['that is no note', '—', '-', 'signature line'],
  ])('%s is refused with a reason', (_, was, now, reason) => {
    const content = whole.replace(was, now);
    expect(content).not.toBe(whole);
    expect(readCheckpoint(content)).toEqual({
      status: 'refused',
      reason: expect.stringContaining(reason),
    });
  });

  it('does not outlive the change of any of its characters', () => {
    const survivors: string[] = [];
    for (let at = 0; at < whole.length; at += 1) {
      const was = whole[at] ?? '';
      for (const now of [was === 'a' ? 'b' : 'a', was === '0' ? '1' : '0', '\n', '']) {
        const read = readCheckpoint(`${whole.slice(0, at)}${now}${whole.slice(at + 1)}`);
        if (now === was || read.status === 'refused') continue;
        const { clusterId } = read.checkpoint;
        if (isCheckpointSigned(read.note, clusterId, publicKey)) survivors.push(`${at}: ${now}`);
      }
    }
    expect(survivors).toEqual([]);
  });

  it('is not signed of what has no such form', () => {
    expect(() => signCheckpoint({ ...statement, clusterId: 'c 1' }, key)).toThrow(TypeError);
    expect(() => signCheckpoint({ ...statement, hash: 'h' }, key)).toThrow('no checkpoint');
    expect(() => signCheckpoint({ ...statement, merkleRoot: '' }, key)).toThrow('no checkpoint');
  });
});
