/** What is known of a span beside its name. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

/** Something that takes a while, as part of a trace (W3C Trace Context). */
export interface Span {
  /** `traceparent` of what follows from it; null: it is part of no trace. */
  readonly traceparent: string | null;
  /** The first call counts. `failure`: what it failed for. */
  end(facts?: SpanFacts, failure?: string | null): void;
}

export type SpanKind = 'server' | 'client' | 'internal';

/** Who is told what is done, where somebody asked for it. None of it throws or waits. */
export interface Tracer {
  /** `parent`: the `traceparent` that it is part of; null: it begins a trace of its own. */
  begin(name: string, parent: string | null, kind?: SpanKind, facts?: SpanFacts): Span;
}

/** Of whom nobody asks for spans: traces of others are handed on as they came. */
export const silentTracer: Tracer = {
  begin: (_name, traceparent) => ({ traceparent, end: () => {} }),
};
