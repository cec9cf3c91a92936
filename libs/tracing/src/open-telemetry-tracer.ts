import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
} from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { Timers, Tracer } from '@oakring/ports';
import type { Tracing } from './tracing.port.js';

const closeWithinMs = 1_000;
const maxReason = 200;

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
};

/** Spans over OTLP (JSON over HTTP), in batches beside everything else. */
export function openTelemetryTracer(
  service: string,
  timers: Timers,
  warn: (line: string) => void,
): Tracing {
  const say = (text: string): void => warn(`OpenTelemetry: ${text.slice(0, maxReason)}`);
  const others = { info: () => {}, debug: () => {}, verbose: () => {} };
  diag.setLogger(
    { error: say, warn: say, ...others },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const provider = new BasicTracerProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES count more.
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(counting(new OTLPTraceExporter(), warn))],
  });
  return {
    tracer: tracerOf(provider),
    isOn: true,
    async close() {
      const patience = new AbortController();
      const waited = timers.sleep(closeWithinMs, patience.signal);
      // What could not be sent was said already.
      await Promise.race([provider.shutdown().catch(() => {}), waited]);
      patience.abort();
    },
  };
}

/** Spans that cannot be sent are lost: said with how many there were, and nobody fails for it. */
function counting(exporter: SpanExporter, warn: (line: string) => void): SpanExporter {
  let lost = 0;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS) {
          lost += spans.length;
          const reason = (result.error?.message ?? 'no answer').slice(0, maxReason);
          warn(`${lost} spans could not be sent since the start: ${reason}`);
        }
        done({ code: ExportResultCode.SUCCESS });
      }),
    shutdown: () => exporter.shutdown(),
  };
}

function tracerOf(provider: BasicTracerProvider): Tracer {
  const tracer = provider.getTracer('oakring');
  return {
    begin(name, parent, kind = 'internal', attributes = {}) {
      const options = { kind: kinds[kind], attributes: { ...attributes } };
      const span = tracer.startSpan(name, options, contextOf(parent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      const flags = (traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01';
      let isOver = false;
      return {
        traceparent: `00-${traceId}-${spanId}-${flags}`,
        end(facts = {}, failure = null) {
          if (isOver) return;
          isOver = true;
          span.setAttributes({ ...facts });
          if (failure !== null) {
            span.setStatus({ code: SpanStatusCode.ERROR, message: failure.slice(0, maxReason) });
          }
          span.end();
        },
      };
    },
  };
}

/** A `traceparent` as it is kept (libs/contracts): of this form, or null. */
function contextOf(parent: string | null): Context {
  if (parent === null) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags] = parent.split('-');
  const traceFlags = flags === '01' ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
