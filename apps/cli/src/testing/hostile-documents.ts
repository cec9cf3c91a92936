import { readFileSync } from 'node:fs';
import type { Randomness } from '@oakring/ports';

/** As much of JSON Schema as docs/openapi.json uses. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
}

interface Media {
  readonly schema?: Schema;
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>> }>
  >;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Begins each line that somebody else's text would make of its own. */
export const forged = 'FORGED';
const deepest = 5;

/**
 * A text as whoever wants to fake a line of ours would have it: a title for the window, a cleared screen in both ways
 * of writing it, colours, all that ends a line, and marks that turn the direction of what follows.
 */
export function hostileText(name: string): string {
  const lines = ['\n', '\r\n', '\r', '\u0085', '\u2028', '\u2029', '\u000B', '\u000C'];
  const moves = '\u001B]0;owned\u0007\u001B[2J\u001B[1;1H\u009B2J\u0090q\u0000\u0008\u007F';
  return `${name}\u001B[31m${moves}\u202E\u200F\uFEFF${lines.map((end) => `${end}${forged}`).join(' ')}`;
}

/** Answers of a manager that means no good: of the shapes that are documented, and hostile in every text. */
export class HostileDocuments {
  private readonly description = JSON.parse(
    readFileSync('docs/openapi.json', 'utf8'),
  ) as Description;

  constructor(private readonly randomness: Randomness) {}

  /** What a request is answered when all goes well; null: it is no document. */
  answerTo(method: string, path: string): unknown {
    const given = path.split('/');
    for (const [template, operations] of Object.entries(this.description.paths)) {
      const wanted = template.split('/');
      const isIt = wanted.every((part, at) => part.startsWith('{') || part === given[at]);
      const operation = operations[method.toLowerCase()];
      if (!isIt || wanted.length !== given.length || operation === undefined) continue;
      const [, answer] =
        Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? [];
      for (const { schema } of Object.values(answer?.content ?? {})) {
        if (schema !== undefined) return this.of(schema);
      }
    }
    return null;
  }

  of(schema: Schema, name = '', depth = 0): unknown {
    if (schema.$ref !== undefined) {
      return this.of(
        this.description.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {},
        name,
        depth,
      );
    }
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return this.pick(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return this.of(this.pick(choices), name, depth);
    const types = [schema.type ?? 'object'].flat();
    switch (this.pick(types)) {
      case 'string':
        return schema.format === 'date-time' ? '2026-01-01T12:34:56.789Z' : hostileText(name);
      case 'integer':
      case 'number':
        return this.randomness.integer(9);
      case 'boolean':
        return this.randomness.integer(2) === 1;
      case 'null':
        return null;
      case 'array':
        return depth > deepest ? [] : [0].map(() => this.of(schema.items ?? {}, name, depth + 1));
      default:
        return this.objectOf(schema, depth);
    }
  }

  private objectOf(schema: Schema, depth: number): Record<string, unknown> {
    // Another page each time would be an answer without an end, which is not what is looked at.
    const named = Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'next');
    if (depth > deepest) return {};
    const members = named.map(([name, member]): [string, unknown] => [
      name,
      this.of(member, name, depth + 1),
    ]);
    const further = schema.additionalProperties;
    if (further === undefined || further === false || depth > deepest)
      return Object.fromEntries(members);
    const value = further === true ? hostileText('value') : this.of(further, 'value', depth + 1);
    return { ...Object.fromEntries(members), [hostileText('key')]: value };
  }

  private pick<T>(choices: readonly T[]): T {
    const choice = choices[this.randomness.integer(choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  }
}
