import type { ErrorCode } from '@oakring/contracts';

/** A parameter in the query string or a header. */
export interface DescribedParameter {
  readonly in: 'query' | 'header';
  readonly name: string;
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean';
}

/** What the routes themselves cannot tell. Schemas are named as in `schemas.ts`. */
export interface DescribedOperation {
  readonly tag: string;
  readonly summary: string;
  readonly parameters?: readonly DescribedParameter[];
  readonly body?: { readonly schema: string; readonly optional?: boolean };
  readonly answers: readonly DescribedAnswer[];
  readonly problems?: readonly ErrorCode[];
}

export interface DescribedAnswer {
  readonly status: number;
  readonly description: string;
  readonly media?: string;
  /** Null: no schema. */
  readonly schema: string | null;
}
