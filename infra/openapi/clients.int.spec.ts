import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { clientTypes, documentFile, typesFile } from './client-types.js';

const exampleFile = 'docs/clients.md';
/** What is changed in the example, so that it must not compile any more. */
const mistakes = [
  ['an address', '/api/v1/jobs', '/api/v1/job'],
  ['a field of a body', 'image:', 'picture:'],
  ['a member of an answer', 'data.position', 'data.place'],
  ['a member of a problem', 'error.remedy', 'error.cure'],
] as const;

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
};

let made: string;
beforeAll(async () => {
  made = await clientTypes(readFileSync(documentFile, 'utf8'));
});

describe('The types that the command line is compiled with', () => {
  it(`are those of ${documentFile}; if not, npm run openapi writes them anew`, () => {
    if (process.env['OAKRING_WRITES_OPENAPI'] === 'true') writeFileSync(typesFile, made);
    // Compared as a whole: a difference of thousands of lines says no more.
    expect(readFileSync(typesFile, 'utf8') === made).toBe(true);
  });
});

describe(`A client that somebody generates from ${documentFile}`, () => {
  const [, example = ''] = /```ts\n([^]*?)```/.exec(readFileSync(exampleFile, 'utf8')) ?? [];
  const wrong = mistakes.map(([, right, mistaken]) => example.replace(right, mistaken));
  let complaints: readonly string[][];
  beforeAll(() => {
    complaints = complaintsAbout([example, ...wrong]);
  });

  it(`compiles as ${exampleFile} has it`, () => {
    expect(complaints[0]).toEqual([]);
  });

  it.each(mistakes.map(([what], index) => [what, index] as const))(
    'does not compile with %s that is not in it',
    (_what, index) => {
      expect(complaints[index + 1]).not.toEqual([]);
    },
  );

  /** What the compiler says of each program, beside the generated types. */
  function complaintsAbout(programs: readonly string[]): string[][] {
    // As if they lay here: there the packages are found.
    const at = (name: string): string => join(process.cwd(), 'docs', name);
    const named = programs.map((text, index) => [at(`client-${index}.ts`), text] as const);
    const files = new Map([...named, [at('oakring.d.ts'), made]]);
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile } = host;
    host.fileExists = (path) => files.has(path) || fileExists(path);
    host.readFile = (path) => files.get(path) ?? readFile(path);
    const program = ts.createProgram(
      named.map(([path]) => path),
      options,
      host,
    );
    return named.map(([path]) =>
      program
        .getSemanticDiagnostics(program.getSourceFile(path))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    );
  }
});
