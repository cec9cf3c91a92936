import type { DeadLetter } from '../client/documents.js';
import { cutText } from '@oakring/contracts';
import type { Look } from '../terminal.js';
import { renderTable } from './table.js';

const shownPayload = 48;

export function renderDeadLetters(letters: readonly DeadLetter[], { colors, width }: Look): string {
  if (letters.length === 0) return 'No message was refused.';
  return renderTable(
    ['AT', 'TOPIC', 'CODE', 'REASON', 'PAYLOAD'],
    letters.map(({ at, topic, code, reason, payload, suppressed }) => [
      at,
      topic,
      colors.yellow(code),
      suppressed > 0 ? `${reason} (and ${suppressed} like it)` : reason,
      payload.length > shownPayload ? `${cutText(payload, shownPayload)}…` : payload,
    ]),
    width,
  );
}
