import { readdirSync, readFileSync } from 'node:fs';

export const runbookFolder = 'docs/runbooks';

/** The pages of docs/runbooks: name of the file, and text. */
export const runbooks = readdirSync(runbookFolder).map((file): [string, string] => [
  file,
  readFileSync(`${runbookFolder}/${file}`, 'utf8'),
]);

/** The lines of a text's blocks in that language (or one of several: `sh|promql`). */
export function blocksOf(text: string, language: string): readonly string[] {
  const found = text.matchAll(new RegExp(`\`\`\`(?:${language})\\n([\\s\\S]*?)\\n\`\`\``, 'g'));
  return [...found].flatMap(([, block = '']) => block.split('\n'));
}
