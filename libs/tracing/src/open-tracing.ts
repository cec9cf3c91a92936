import { silentTracer, type Timers } from '@oakring/ports';
import type { Tracing } from './tracing.port.js';

type Environment = Readonly<Record<string, string | undefined>>;

const off: Tracing = { tracer: silentTracer, isOn: false, close: async () => {} };

/**
 * Spans of a program for whom `OTEL_EXPORTER_OTLP_ENDPOINT` names, by the packages of OpenTelemetry, which are
 * loaded only then; what else there is of `OTEL_…` is read by them. What cannot be sent is lost, and counted in
 * the log (`warn`): nothing waits for it.
 */
export async function openTracing(
  env: Environment,
  service: string,
  { timers, warn }: { readonly timers: Timers; readonly warn: (line: string) => void },
): Promise<Tracing> {
  if (!isWanted(env)) return off;
  const { openTelemetryTracer } = await import('./open-telemetry-tracer.js');
  return openTelemetryTracer(service, timers, warn);
}

function isWanted(env: Environment): boolean {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return false;
  if (env['OTEL_TRACES_EXPORTER'] === 'none') return false;
  const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  return endpoints.some((variable) => (env[variable] ?? '') !== '');
}
