import { errorCatalogue, type ErrorCode } from '@oakring/contracts';
import type { Answer, AnswerHeader } from '../endpoints/answers.js';
import type { Endpoint } from '../endpoints/endpoint.js';
import type { Described } from '../endpoints/parameters.js';
import { problemsOf } from '../endpoints/problems.js';

const problemMedia = 'application/problem+json';

/** An endpoint as an operation of OpenAPI. `inPath` are the parameters that its route has. */
export function operationOf(
  endpoint: Endpoint,
  { method, path, inPath }: { method: string; path: string; inPath: readonly object[] },
): object {
  const { id, tag, summary, needs, answeredBy, isStream = false, parameters = [], body } = endpoint;
  return {
    operationId: id,
    tags: [tag],
    summary,
    'x-oakring-needs': needs,
    'x-oakring-answered-by': answeredBy,
    ...(isStream ? { 'x-oakring-stream': true } : {}),
    ...(needs === 'nothing' ? { security: [] } : {}),
    parameters: [...inPath, ...parameters.map(parameterOf)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.optional !== true,
            content: { 'application/json': { schema: schemaNamed(body.schema) } },
          },
        }),
    responses: responsesOf(endpoint.answers, problemsOf(endpoint, method, path)),
  };
}

function parameterOf({ in: place, name, says, schema }: Described): object {
  return { in: place, name, description: says, required: false, schema };
}

/** By status. One may be an answer as well as a problem; then the media type tells which. */
function responsesOf(answers: readonly Answer[], codes: readonly ErrorCode[]): object {
  const problems = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorCatalogue[code];
    problems.set(status, [...(problems.get(status) ?? []), code]);
  }
  const statuses = new Set([...answers.map(({ status }) => status), ...problems.keys()]);
  return Object.fromEntries(
    [...statuses]
      .sort((a, b) => a - b)
      .map((status) => [
        String(status),
        responseOf(
          status,
          answers.find((answer) => answer.status === status),
          problems.get(status),
        ),
      ]),
  );
}

function responseOf(status: number, answer?: Answer, codes: readonly ErrorCode[] = []): object {
  const problem = codes.length === 0 ? {} : { [problemMedia]: problemContent(codes) };
  const schema = answer?.schema == null ? {} : { schema: schemaNamed(answer.schema) };
  const media = (answer?.media ?? []).map((each) => [each, schema] as const);
  const content = { ...Object.fromEntries(media), ...problem };
  const headers = [...(answer?.headers ?? []), ...headersOfStatus(status)];
  return {
    description: [...(answer === undefined ? [] : [answer.says]), ...codes].join(', '),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers.map(headerOf)) }),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

function problemContent(codes: readonly ErrorCode[]): object {
  const code = { properties: { code: { enum: codes } } };
  return { schema: { allOf: [schemaNamed('Problem'), code] } };
}

function headersOfStatus(status: number): readonly AnswerHeader[] {
  if (status === 401) return [{ name: 'WWW-Authenticate', says: 'Bearer realm="oakring"' }];
  return status === 503
    ? [{ name: 'Retry-After', says: 'Seconds until it is worth repeating.' }]
    : [];
}

function headerOf({ name, says }: AnswerHeader): [string, object] {
  return [name, { description: says, schema: { type: 'string' } }];
}

function schemaNamed(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}
