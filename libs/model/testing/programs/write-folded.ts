// Writes golden/folded.json (`npm run golden`), once the folds make something else of the golden history.
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { foldedBefore, foldedFile, foldedHistory } from '../golden.js';

const folded = foldedHistory();
const before = foldedBefore();
const isSame = isDeepStrictEqual(folded.views, before.views);
if (!isSame && folded.foldVersion === before.foldVersion) {
  console.error(
    `The folds make something else of the same events, and foldVersion is ${before.foldVersion} still: ` +
      'raise it (libs/model/src/records.ts), or old checkpoints are taken for new ones.',
  );
  process.exit(1);
}
writeFileSync(foldedFile, `${JSON.stringify(folded, null, 1)}\n`);
