import { readFileSync } from 'node:fs';
import Schema from 'typebox/schema';

/** What came back from the manager, as far as docs/openapi.json speaks of it. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Json = Readonly<Record<string, unknown>>;

interface Response {
  /** One that several operations share. */
  readonly $ref?: string;
  readonly headers?: Json;
  readonly content?: Readonly<Record<string, { readonly schema?: Json }>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Response>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

/** Headers of ours, and those that tell what to do next: none is sent that is not described. */
const told = /^(oakring-.*|etag|location|retry-after|www-authenticate|allow)$/;
/** An answer of the same status that is no problem (of the health) has none of these. */
const ofProblems = new Set(['retry-after', 'www-authenticate']);
/** Answered before it is known what is asked for: by no operation. */
const ofNobody = new Set([400, 404, 405, 408, 421, 431, 503]);

/**
 * Throws where an answer is not as docs/openapi.json has it: its status, media type, headers and every
 * member of its document. Addresses that are not described are others' (a scheduler's).
 */
export function expectDocumented(exchange: Exchange): void {
  const fault = documentation().faultOf(exchange);
  if (fault === null) return;
  const { method, url, status, text } = exchange;
  throw new Error(
    `${method} ${url} was answered ${status} otherwise than docs/openapi.json has it: ${fault}\n` +
      text.slice(0, 2_000),
  );
}

let read: Documentation | undefined;

function documentation(): Documentation {
  read ??= new Documentation(JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document);
  return read;
}

export class Documentation {
  private readonly checks = new Map<string, ReturnType<typeof Schema.Compile>>();
  private readonly schemas: Json;

  constructor(private readonly document: Document) {
    this.schemas = closed(document.components.schemas) as Json;
  }

  /** Null: it is as it is described. */
  faultOf({ method, url, status, headers, text }: Exchange): string | null {
    const operation = this.operationOf(method, new URL(url).pathname);
    if (operation === null) return null;
    const response = this.resolved(operation.responses[status]);
    if (response === undefined) {
      return ofNobody.has(status) && isOfNobody(text) ? null : 'the status is not described';
    }
    return faultOfHeaders(headers, response) ?? this.faultOfContent(headers, text, response);
  }

  private resolved(response: Response | undefined): Response | undefined {
    const { $ref } = response ?? {};
    if ($ref === undefined) return response;
    return this.document.components.responses[$ref.slice('#/components/responses/'.length)];
  }

  private operationOf(method: string, path: string): Operation | null {
    const given = path.split('/');
    for (const [template, methods] of Object.entries(this.document.paths)) {
      const wanted = template.split('/');
      const operation = methods[method === 'HEAD' ? 'get' : method.toLowerCase()];
      const isIt = wanted.every((part, at) => part.startsWith('{') || part === given[at]);
      if (operation !== undefined && wanted.length === given.length && isIt) return operation;
    }
    return null;
  }

  private faultOfContent(headers: Headers, text: string, { content }: Response): string | null {
    if (text === '') return null;
    const media = headers.get('content-type')?.split(';', 1)[0] ?? 'none';
    const described = content?.[media];
    if (described === undefined) return `the media type ${media} is not described`;
    if (described.schema === undefined) return null;
    for (const document of documentsIn(media, text)) {
      const fault = this.faultOfDocument(document, described.schema);
      if (fault !== null) return fault;
    }
    return null;
  }

  private faultOfDocument(document: unknown, schema: Json): string | null {
    const key = JSON.stringify(schema);
    const check =
      this.checks.get(key) ?? Schema.Compile({ ...schema, components: { schemas: this.schemas } });
    this.checks.set(key, check);
    if (check.Check(document)) return null;
    const [, errors] = check.Errors(document);
    return JSON.stringify(errors.slice(0, 8));
  }
}

/** The router's own answers. */
function isOfNobody(text: string): boolean {
  return /"code":"(route-unknown|method-not-allowed|request-malformed|request-timeout)"/.test(text);
}

function faultOfHeaders(headers: Headers, response: Response): string | null {
  const described = Object.keys(response.headers ?? {}).map((name) => name.toLowerCase());
  const stranger = [...headers.keys()].find((name) => told.test(name) && !described.includes(name));
  if (stranger !== undefined) return `the header ${stranger} is not described`;
  const isProblem = headers.get('content-type') === 'application/problem+json';
  const wanted = isProblem ? described : described.filter((name) => !ofProblems.has(name));
  const missing = wanted.find((name) => !headers.has(name));
  return missing === undefined ? null : `the header ${missing} is missing`;
}

function documentsIn(media: string, text: string): unknown[] {
  if (!media.endsWith('json')) return [];
  // The last line of a stream that was cut off may be half of one.
  const texts = media === 'application/x-ndjson' ? text.split('\n').slice(0, -1) : [text];
  return texts.map((each) => JSON.parse(each) as unknown);
}

/** A member that is not described is none: objects have what they say, unless they say otherwise. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).map(([name, part]) => [name, closed(part)]);
  const isOpen = !('properties' in schema) || 'additionalProperties' in schema;
  const isObject = 'type' in schema && schema.type === 'object';
  return {
    ...Object.fromEntries(members),
    ...(isObject && !isOpen ? { additionalProperties: false } : {}),
  };
}
