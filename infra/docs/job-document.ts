import { readFileSync } from 'node:fs';
import { isObject, technologies } from '@oakring/contracts';
import {
  fieldsOf,
  nameOfShape,
  schemaOf,
  SubmitJob,
  technologiesOf,
} from '@oakring/contracts/http';
import type { JsonSchema, ShapeClass } from '@oakring/contracts/http';

type DescribedKind = NonNullable<ReturnType<ReturnType<typeof fieldsOf>['get']>>['kind'];

/** A field of a job document, as the page tells it. */
export interface Row {
  readonly path: string;
  readonly form: string;
  readonly unit: string;
  readonly usual: string;
  readonly limit: string;
  readonly says: string;
  readonly example: unknown;
  readonly kind: DescribedKind;
  readonly usedBy: readonly string[];
}

/** What is said of a part as a whole, for its members that say nothing themselves. */
interface Whole {
  readonly usual: unknown;
  readonly example: unknown;
}

/** Every field of a document, those of its parts after it. */
export function rowsOf(type: ShapeClass, path = '', whole?: Whole): readonly Row[] {
  const { properties = {}, required = [], example } = schemaOf(type);
  return [...fieldsOf(type)].flatMap(([name, { kind }]) => {
    const { nested } = kind;
    const about = nested === undefined ? {} : schemaOf(nested.of);
    const own = memberOf(properties, name);
    const usual = own['default'] ?? memberIn(whole?.usual, name);
    const given = [own['example'], memberIn(whole?.example, name), memberIn(example, name)];
    const shownExample = given.find((each) => each !== undefined) ?? about['example'] ?? usual;
    const schema = { description: about['description'], ...own };
    const at = `${path}${name}`;
    const isRequired = Array.isArray(required) && required.includes(name);
    const row = {
      ...{ path: at, form: formOf(schema), unit: unitOf(at), limit: limitOf(schema), kind },
      usual: usual === undefined ? (isRequired ? 'must be said' : '') : shown(usual),
      says: typeof schema.description === 'string' ? schema.description : '',
      example: shownExample ?? firstOf(schema),
      usedBy: technologiesOf(at.replaceAll('[]', '')),
    };
    if (nested === undefined) return [row];
    const below = nested.isList ? `${at}[].` : `${at}.`;
    const all: Whole = {
      usual,
      example: Array.isArray(shownExample) ? shownExample[0] : shownExample,
    };
    return [row, ...rowsOf(nested.of, below, all)];
  });
}

/** By its name: they are called so everywhere. */
function unitOf(path: string): string {
  if (path.endsWith('Ms')) return 'milliseconds';
  if (path.endsWith('cpuMillis')) return 'thousandths of a core';
  if (path.endsWith('memoryMiB')) return 'MiB';
  if (path.endsWith('.cpu')) return 'cores';
  return path.endsWith('.memory') ? 'bytes' : '';
}

const forms: Readonly<Record<string, string>> = {
  ...{ string: 'text', integer: 'whole number', number: 'number', boolean: 'true or false' },
  ...{ object: 'object', null: 'null' },
};

function formOf(schema: JsonSchema): string {
  const { type, enum: values, $ref, items } = schema;
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(values)) return values.map((each) => `\`${each}\``).join(', ');
  if (typeof $ref === 'string') return 'object';
  if (Array.isArray(choices)) {
    const all = choices.filter(isObject).map(formOf);
    return [...new Set(all)].join(' or ');
  }
  if (type === 'array') return `list of: ${isObject(items) ? formOf(items) : 'anything'}`;
  if (Array.isArray(type))
    return type.map((each) => forms[String(each)] ?? String(each)).join(' or ');
  return forms[String(type)] ?? 'anything';
}

function limitOf(schema: JsonSchema): string {
  const { minimum, maximum, minLength, maxLength, maxItems, minItems, maxProperties, pattern } =
    schema;
  const said = [
    maximum === undefined ? '' : `${shown(minimum ?? 0)} … ${shown(maximum)}`,
    maxLength === undefined ? '' : `${shown(minLength ?? 0)} … ${shown(maxLength)} characters`,
    maxItems === undefined ? '' : `at most ${shown(maxItems)}`,
    minItems === undefined ? '' : `at least ${shown(minItems)}`,
    maxProperties === undefined ? '' : `at most ${shown(maxProperties)}`,
    typeof pattern === 'string' ? `\`${pattern}\`` : '',
  ];
  const own = said.filter((each) => each !== '').join('; ');
  if (own !== '') return own;
  const choices = schema['anyOf'] ?? schema['oneOf'];
  const all = Array.isArray(choices) ? choices.filter(isObject).map(limitOf) : [];
  return all.filter((each) => each !== '').join('; ');
}

function firstOf({ enum: values, type }: JsonSchema): unknown {
  if (Array.isArray(values)) return values[0];
  return type === 'boolean' ? true : undefined;
}

function memberIn(whole: unknown, name: string): unknown {
  return isObject(whole) ? whole[name] : undefined;
}

function memberOf(properties: unknown, name: string): JsonSchema {
  const member = memberIn(properties, name);
  return isObject(member) ? member : {};
}

function shown(value: unknown): string {
  return JSON.stringify(value);
}

/** docs/job-document.md, from the classes of `POST /api/v1/jobs`. */
export function jobDocumentPage(): string {
  const rows = rowsOf(SubmitJob);
  return `# The job document

What \`oakring job run -f job.yaml\`, \`oakring job update <job> -f job.yaml\`, \`POST /api/v1/jobs\` and
\`PUT /api/v1/jobs/{id}\` take. This page is derived from the classes that check it
(\`${nameOfShape(SubmitJob)}\` in \`libs/contracts/src/http/job-body.ts\`): \`npm run job-document\` writes it anew.

\`\`\`yaml
${readFileSync('examples/shop.yaml', 'utf8').trimEnd()}
\`\`\`

**Files** are YAML or JSON, \`-\` is standard input; over HTTP it is JSON. Several YAML documents in one file (\`---\`
between them) are jobs of their own, taken in their order by \`job run\`. What \`job show --json\` prints is taken as well: its
member \`document\` is the job.

**What is not known** is kept and passed on to the worker, and the answer names it with the nearest known field, at every
depth; within \`${closedOf(rows)}\` it is refused. \`--strict\` (\`?strict=true\`) refuses whatever would not be used.

**What a technology cannot do** is refused with the reason. What some workers can do and others cannot is a reason why a node
does not fit: \`oakring job show <job> --why\`.

**Amounts.** \`resources\` may be written as people do: \`cpu: 500m\`, \`0.5\` or \`"2"\`; \`memory: 256Mi\`, \`1Gi\`, \`64M\` or bytes.
Memory is rounded up to whole MiB. A \`cpu\` beside a \`cpuMillis\` is refused, and so is \`memory\` beside \`memoryMiB\`.

**Labels.** \`labels\` are the job's own: \`oakring job ls --label team=shop\`. What a node must carry is said in \`nodeLabels\`.

## Fields

${tableOf(rows)}
`;
}

/** Parts in which nothing else may stand. */
function closedOf(rows: readonly Row[]): string {
  const open = ['resources', 'constraints[]', ''];
  const parts = rows.map(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('.'))));
  return [...new Set(parts)].filter((part) => !open.includes(part)).join('`, `');
}

function tableOf(rows: readonly Row[]): string {
  const head = ['field', 'form', 'unit', 'default', 'limit', 'what it is', 'example', 'used by'];
  const cells = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const lines = rows.map(({ path, form, unit, usual, limit, says, example, usedBy }) =>
    [
      `\`${path}\``,
      form,
      unit,
      usual === '' || usual === 'must be said' ? usual : `\`${usual}\``,
      limit,
      says,
      `\`${shown(example)}\``,
      usedBy.length === technologies.length ? 'all' : usedBy.join(', '),
    ].map((cell) => cell.replaceAll('|', '\\|')),
  );
  return [cells(head), cells(head.map(() => '---')), ...lines.map(cells)].join('\n');
}
