// Salt and nonce must never be repeatable, as what the injected randomness gives is.
// oxlint-disable-next-line no-restricted-imports
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

const format = 'oakring-sealed-1';
const cipher = 'aes-256-gcm';
const [keyBytes, saltBytes, nonceBytes] = [32, 16, 12];
/** A guess costs 128 MiB and about half a second of a core. */
const cost = { N: 131_072, r: 8, p: 1 };
const maxmem = 256 * 1_048_576;

/** What `sealBox` writes as JSON; all but the costs in base64. */
interface SealedBox {
  readonly format: typeof format;
  readonly scrypt: typeof cost;
  readonly salt: string;
  readonly nonce: string;
  /** The text, encrypted, and the tag of 16 bytes that proves the passphrase. */
  readonly sealed: string;
}

/** A text that only who has the passphrase can read or change: scrypt, and AES-256-GCM. */
export async function sealBox(text: string, passphrase: string): Promise<string> {
  const [salt, nonce] = [randomBytes(saltBytes), randomBytes(nonceBytes)];
  const encrypting = createCipheriv(cipher, await keyOf(passphrase, salt), nonce);
  const sealed = Buffer.concat([encrypting.update(text, 'utf8'), encrypting.final()]);
  const box: SealedBox = {
    ...{ format, scrypt: cost },
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
    sealed: Buffer.concat([sealed, encrypting.getAuthTag()]).toString('base64'),
  };
  return `${JSON.stringify(box, null, 2)}\n`;
}

/** Null: it is of another passphrase, or was changed. Throws an Error where it is no such box. */
export async function openBox(box: string, passphrase: string): Promise<string | null> {
  const { salt, nonce, sealed } = parsed(box);
  const key = await keyOf(passphrase, Buffer.from(salt, 'base64'));
  const decrypting = createDecipheriv(cipher, key, Buffer.from(nonce, 'base64'));
  const bytes = Buffer.from(sealed, 'base64');
  decrypting.setAuthTag(bytes.subarray(-16));
  const text = decrypting.update(bytes.subarray(0, -16));
  try {
    return Buffer.concat([text, decrypting.final()]).toString('utf8');
  } catch {
    return null;
  }
}

/** Its costs are ours: what a file says of them could make us work for ever. */
function parsed(text: string): SealedBox {
  const box = JSON.parse(text) as SealedBox;
  const isOurs = box.format === format && JSON.stringify(box.scrypt) === JSON.stringify(cost);
  if (!isOurs) throw new Error(`it is no ${format}`);
  return box;
}

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same text may be typed in several forms of Unicode.
    scrypt(passphrase.normalize('NFC'), salt, keyBytes, { ...cost, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
