import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalAuthority, otherwise } from '../testing/index.js';
import { questionBytes, readAnswer } from './exchange.js';
import { certificatesOf, readTimeStamp, type ReadTimeStamp } from './time-stamp.js';

const content = 'oakring/c-1\n7\n\n— oakring/c-1 AAAA\n';
const question = { content, nonce: 'ab'.repeat(16) };

let authority: LocalAuthority;
let stranger: LocalAuthority;
/** The authority's, of `content`. */
let answer: Buffer;
let token: Buffer;

beforeAll(async () => {
  [authority, stranger] = await Promise.all([LocalAuthority.make(), LocalAuthority.make()]);
  answer = await authority.answer(questionBytes(question));
  token = await tokenOf(answer);
});

afterAll(() => Promise.all([authority, stranger].map((one) => one.close())));

async function tokenOf(bytes: Buffer): Promise<Buffer> {
  const read = await readAnswer(bytes, question, null);
  if (read.status === 'refused') throw new Error(read.reason);
  return Buffer.from(read.token, 'base64');
}

function reasonOf(read: ReadTimeStamp | Awaited<ReturnType<typeof readAnswer>>): string {
  return read.status === 'refused' ? read.reason : 'nothing: it is believed';
}

describe('An answer of an authority', () => {
  it('gives the time, and who says so', async () => {
    const read = await readAnswer(answer, question, certificatesOf(authority.ca));
    expect(read).toMatchObject({ status: 'stamped', authority: 'A test TSA' });
    expect(read).toHaveProperty('time', expect.stringMatching(/^\d{4}-.*Z$/));
  });

  it('to another question is refused by its nonce', async () => {
    const other = { ...question, nonce: 'cd'.repeat(16) };
    expect(reasonOf(await readAnswer(answer, other, null))).toMatch(/^it answers another question/);
  });

  it('that grants nothing is refused with its words', async () => {
    const refusal = await authority.answer(Buffer.from('no request'));
    expect(reasonOf(await readAnswer(refusal, question, null))).toMatch(/^status 2/);
  });

  it.each([
    ['of no bytes', () => Buffer.alloc(0)],
    ['that is a page', () => Buffer.from('<html>away</html>')],
    ['with something after it', () => Buffer.concat([answer, Buffer.from([0])])],
    ['cut short', () => answer.subarray(0, -1)],
  ])('%s is refused', async (_, altered) => {
    expect(reasonOf(await readAnswer(altered(), question, null))).toMatch(/^it is no answer/);
  });
});

describe('A time stamp', () => {
  it('is believed offline by whoever trusts the authority', async () => {
    const read = await readTimeStamp(token, content, certificatesOf(authority.ca));
    expect(read).toMatchObject({ status: 'stamp', stamp: { isTrusted: true } });
  });

  it('is read without trust, and says that it is not trusted', async () => {
    const read = await readTimeStamp(token, content, null);
    expect(read).toMatchObject({ status: 'stamp', stamp: { isTrusted: false } });
  });

  it('of another content is refused', async () => {
    const read = await readTimeStamp(token, `${content} `, certificatesOf(authority.ca));
    expect(reasonOf(read)).toMatch(/^it is about another content: its imprint is [0-9a-f]{64}/);
  });

  it('of an authority that is not trusted is refused', async () => {
    const read = await readTimeStamp(token, content, certificatesOf(stranger.ca));
    expect(reasonOf(read)).toMatch(/^the certificate of A test TSA leads to none that is trusted/);
  });

  it.each([
    ['that is for something else as well', { usage: 'critical,timeStamping,serverAuth' }, /alone/],
    ['that is for something else', { usage: 'critical,serverAuth' }, /for time stamps alone/],
    ['that does not insist on what it is for', { usage: 'timeStamping' }, /for time stamps alone/],
    ['that it does not name', { isNamed: false }, /does not say by which certificate/],
    ['by which it is of another type', { stating: otherwise.type }, /does not say that a time/],
    ['by which it says other words', { stating: otherwise.digest }, /digest doesn't match/],
    ['in place of the one that it names', { stating: otherwise.certificate }, /not the one that/],
    ['that had expired', { days: -1 }, /leads to none that is trusted/],
  ])('by a certificate %s is refused', async (_, forgery, reason) => {
    const forged = await authority.forge(questionBytes(question), forgery);
    const read = await readTimeStamp(forged, content, certificatesOf(authority.ca));
    expect(reasonOf(read)).toMatch(reason);
  });

  it('is that of the other certificate of the authority when nothing is wrong with it', async () => {
    const unaltered = { ...otherwise.type, altered: (value: Buffer) => value };
    const signedAnew = await authority.forge(questionBytes(question), { stating: unaltered });
    const read = await readTimeStamp(signedAnew, content, certificatesOf(authority.ca));
    expect(read).toMatchObject({ status: 'stamp', stamp: { isTrusted: true } });
  });

  it('altered in any byte is refused, or says the same', async () => {
    const trusted = certificatesOf(authority.ca);
    const honest = await readTimeStamp(token, content, trusted);
    const believed: number[] = [];
    // Some of them: all are too long a test.
    for (let at = 0; at < token.length; at += 53) {
      const altered = Buffer.from(token);
      altered[at] = (altered[at] ?? 0) ^ 0x01;
      const read = await readTimeStamp(altered, content, trusted);
      if (read.status === 'stamp' && JSON.stringify(read) !== JSON.stringify(honest)) {
        believed.push(at);
      }
    }
    expect(believed).toEqual([]);
  });
});

describe('Trusted certificates', () => {
  it('are those of a PEM file, one or more', () => {
    expect(certificatesOf(authority.ca + stranger.ca)).toHaveLength(2);
  });

  it('are demanded to be there', () => {
    expect(() => certificatesOf('nothing')).toThrow('there is no certificate in it');
  });
});
