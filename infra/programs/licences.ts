import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packageOf = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const licenceFile = /^(licen[cs]e|copying|notice)/i;

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** Whose files these are and on what terms, one package after the other: what is bundled takes its licence along. */
export function licences(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => packageOf.exec(file)?.[0] ?? []));
  return [...folders]
    .toSorted()
    .map(termsOf)
    .join(`\n${'─'.repeat(80)}\n\n`);
}

function termsOf(folder: string): string {
  // As npm wants it.
  const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
  const { name, version, license } = described;
  const texts = readdirSync(folder)
    .filter((file) => licenceFile.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0 && license === undefined)
    throw new Error(
      `${folder} says nowhere on what terms it is given: it must not be bundled. Leave it out in infra/programs/bundle.ts.`,
    );
  return [`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n') + '\n';
}
