import type { Randomness } from '@oakring/ports';

/** No input grows beyond it. */
export const mostBytes = 64 * 1024;
/** Changes that are made to an input at once, at most. */
const mostChanges = 8;
/** Where lengths, signs and texts turn over. */
const turns = [0x00, 0x01, 0x09, 0x0a, 0x20, 0x22, 0x2f, 0x5c, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xff];
const numbers = ['0', '-1', '1e999', '-0', '9007199254740993', '4294967296', '1.5', '65536'];
const texts = ['null', 'true', '[]', '{}', '""', '"__proto__"', '"\\ud800"', '\u{1f600}', '..'];
const tokens = [...numbers, ...texts].map((text) => Buffer.from(text));

type Change = (bytes: Buffer, chance: Randomness, other: Buffer) => Buffer;

/** Another input, made of one that is known and a second one. */
export function mutated(bytes: Uint8Array, other: Uint8Array, chance: Randomness): Buffer {
  let made = Buffer.from(bytes);
  const changes = 1 + chance.integer(mostChanges);
  for (let count = 0; count < changes; count += 1) {
    const change = all[chance.integer(all.length)] ?? flipped;
    made = Buffer.from(change(made, chance, Buffer.from(other)));
  }
  return made.subarray(0, mostBytes);
}

const flipped: Change = (bytes, chance) => {
  if (bytes.length === 0) return bytes;
  const at = chance.integer(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.integer(8));
  return bytes;
};

const turned: Change = (bytes, chance) => {
  if (bytes.length === 0) return bytes;
  bytes[chance.integer(bytes.length)] = turns[chance.integer(turns.length)] ?? 0;
  return bytes;
};

const counted: Change = (bytes, chance) => {
  if (bytes.length === 0) return bytes;
  const at = chance.integer(bytes.length);
  bytes[at] = (bytes[at] ?? 0) + (chance.integer(2) === 0 ? 1 : -1);
  return bytes;
};

const removed: Change = (bytes, chance) => {
  const [from, length] = partOf(bytes, chance);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)]);
};

const repeated: Change = (bytes, chance) => {
  const [from, length] = partOf(bytes, chance);
  const part = bytes.subarray(from, from + length);
  const times = 1 + chance.integer(chance.integer(16) === 0 ? 200 : 3);
  const parts = Array.from({ length: times }, () => part);
  return Buffer.concat([bytes.subarray(0, from), ...parts, bytes.subarray(from)]);
};

const joined: Change = (bytes, chance, other) => {
  const [from, length] = partOf(other, chance);
  const at = chance.integer(bytes.length + 1);
  const taken = other.subarray(from, from + length);
  return Buffer.concat([bytes.subarray(0, at), taken, bytes.subarray(at + taken.length)]);
};

const inserted: Change = (bytes, chance) => {
  const at = chance.integer(bytes.length + 1);
  const token = tokens[chance.integer(tokens.length)] ?? Buffer.alloc(0);
  const over = chance.integer(2) === 0 ? 0 : token.length;
  return Buffer.concat([bytes.subarray(0, at), token, bytes.subarray(at + over)]);
};

const all = [flipped, turned, counted, removed, repeated, joined, inserted];

function partOf(bytes: Buffer, chance: Randomness): [from: number, length: number] {
  const from = chance.integer(bytes.length + 1);
  const most = Math.min(
    bytes.length - from,
    1 + chance.integer(chance.integer(4) === 0 ? 512 : 16),
  );
  return [from, most];
}
