import { questionBytes, readAnswer } from '@oakring/timestamps';
import { LocalAuthority, otherwise } from '@oakring/timestamps/testing';
import { stampedNote, type Token, type Tokens } from '../forgeries/stamp-forgeries.js';

const nonce = 'ab'.repeat(16);

/** Tokens of the checkpoint as it is today, by an authority that is made for them, and thrown away. */
export async function makeTokens(): Promise<Tokens> {
  const note = stampedNote();
  const [own, other] = await Promise.all([LocalAuthority.make(), LocalAuthority.make()]);
  try {
    const request = questionBytes({ content: note, nonce });
    const forged = async (how: Parameters<LocalAuthority['forge']>[1]): Promise<Token> => {
      const token = await own.forge(request, how);
      return { time: timeIn(token), token: token.toString('base64') };
    };
    return {
      ...{ note, authority: own.ca, stranger: other.ca },
      honest: await stampOf(own, note),
      another: await stampOf(own, 'other words\n'),
      misused: await forged({ usage: 'critical,codeSigning' }),
      unnamed: await forged({ isNamed: false }),
      mistyped: await forged({ stating: otherwise.type }),
      misdigested: await forged({ stating: otherwise.digest }),
      misnamed: await forged({ stating: otherwise.certificate }),
    };
  } finally {
    await Promise.all([own.close(), other.close()]);
  }
}

async function stampOf(authority: LocalAuthority, content: string): Promise<Token> {
  const question = { content, nonce };
  const answer = await readAnswer(await authority.answer(questionBytes(question)), question, null);
  if (answer.status === 'refused') throw new Error(answer.reason);
  const { time, token } = answer;
  return { time, token };
}

/** Its `genTime`, to the second: of what is refused nothing else says it. */
function timeIn(token: Buffer): string {
  // GeneralizedTime of 15 characters; those of certificates come later.
  const at = token.indexOf(Buffer.of(0x18, 15)) + 2;
  const text = token.toString('latin1', at, at + 15);
  const time = text.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
  return new Date(time).toISOString();
}
