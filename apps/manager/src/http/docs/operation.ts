import { errorCatalogue, isPermission, rolesWith, type ErrorCode } from '@oakring/contracts';
import {
  mayBeLeftOut,
  nameOfShape,
  Problem,
  shapeNamed,
  type ShapeClass,
} from '@oakring/contracts/http';
import type { Answer, AnswerHeader } from '../endpoints/answers.js';
import type { Endpoint } from '../endpoints/endpoint.js';
import type { Described } from '../endpoints/parameters.js';
import { problemsOf } from '../endpoints/problems.js';

const problemMedia = 'application/problem+json';

/** What @nestjs/swagger knows of a route: what is in its path, and the class of its body. */
export interface RoutedOperation {
  readonly parameters?: readonly { readonly in?: string }[];
  readonly requestBody?: { readonly content: object };
}

/** Problems that several operations answer alike, by the name that they refer to. */
export type SharedProblems = Map<string, Response>;

/** As OpenAPI has it: headers and content beside. */
interface Response {
  readonly description: string;
}

/** An endpoint as an operation of OpenAPI; `shared` takes in what it shares with others. */
export function operationOf(
  endpoint: Endpoint,
  { parameters: routed = [], requestBody }: RoutedOperation,
  { method, path }: { readonly method: string; readonly path: string },
  shared: SharedProblems,
): object {
  const { id, tag, summary, needs, answeredBy, isStream = false, parameters = [] } = endpoint;
  const inPath = routed.filter((parameter) => parameter.in === 'path');
  return {
    operationId: id,
    tags: [tag],
    summary,
    'x-oakring-needs': needs,
    ...(isPermission(needs) ? { 'x-oakring-roles': rolesWith(needs) } : {}),
    'x-oakring-answered-by': answeredBy,
    ...(isStream ? { 'x-oakring-stream': true } : {}),
    ...(needs === 'nothing' ? { security: [] } : {}),
    parameters: [...inPath, ...parameters.map(parameterOf)],
    ...(requestBody === undefined ? {} : { requestBody: bodyOf(requestBody) }),
    responses: responsesOf(endpoint.answers, problemsOf(endpoint, method, path), shared),
  };
}

/** Whether a body may be left out is said by its document. */
function bodyOf(requestBody: { readonly content: object }): object {
  const [, name = ''] = /schemas\/(\w+)"/.exec(JSON.stringify(requestBody)) ?? [];
  const shape = shapeNamed(name);
  return { ...requestBody, required: shape === undefined || !mayBeLeftOut(shape) };
}

function parameterOf({ in: place, name, says, schema }: Described): object {
  return { in: place, name, description: says, required: false, schema };
}

/** By status. One may be an answer as well as a problem; then the media type tells which. */
function responsesOf(
  answers: readonly Answer[],
  codes: readonly ErrorCode[],
  shared: SharedProblems,
): object {
  const problems = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorCatalogue[code];
    problems.set(status, [...(problems.get(status) ?? []), code]);
  }
  const statuses = new Set([...answers.map(({ status }) => status), ...problems.keys()]);
  return Object.fromEntries(
    [...statuses]
      .sort((a, b) => a - b)
      .map((status) => {
        const given = answers.filter((each) => each.status === status);
        const ofStatus = problems.get(status) ?? [];
        const response = responseOf(status, given, ofStatus);
        const isShared = given.length === 0;
        return [String(status), isShared ? sharedAs(shared, ofStatus, response) : response];
      }),
  );
}

/** What is nothing but problems is written once, under the names of its codes. */
function sharedAs(shared: SharedProblems, codes: readonly ErrorCode[], response: Response): object {
  const name = codes.join('.');
  shared.set(name, response);
  return { $ref: `#/components/responses/${name}` };
}

function responseOf(
  status: number,
  answers: readonly Answer[],
  codes: readonly ErrorCode[],
): Response {
  const problem = codes.length === 0 ? {} : { [problemMedia]: problemContent(codes) };
  // Of one address and status there may be several: a parameter chooses.
  const schemas = answers.flatMap(({ of }) => (of === null ? [] : [schemaOf(of)]));
  const [only] = schemas;
  const schema =
    only === undefined ? {} : { schema: schemas.length === 1 ? only : { oneOf: schemas } };
  const media = answers.flatMap((answer) => answer.media).map((each) => [each, schema] as const);
  const content = { ...Object.fromEntries(media), ...problem };
  const headers = [...answers.flatMap((answer) => answer.headers), ...headersOfStatus(status)];
  return {
    description: [...answers.map(({ says }) => says), ...codes].join(', '),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map(headerOf)) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

function problemContent(codes: readonly ErrorCode[]): object {
  const code = { properties: { code: { enum: codes } } };
  return { schema: { allOf: [schemaOf(Problem), code] } };
}

function headersOfStatus(status: number): readonly AnswerHeader[] {
  if (status === 401) return [{ name: 'WWW-Authenticate', says: 'Bearer realm="oakring"' }];
  return status === 503 || status === 429
    ? [{ name: 'Retry-After', says: 'Seconds until it is worth repeating.' }]
    : [];
}

function headerOf({ name, says }: AnswerHeader): [string, object] {
  return [name, { description: says, schema: { type: 'string' } }];
}

function schemaOf(type: ShapeClass): object {
  return { $ref: `#/components/schemas/${nameOfShape(type)}` };
}
