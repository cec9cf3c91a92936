import type { ClusterState, CommandRecord } from '@oakring/model';
import type { Span, Tracer } from '@oakring/ports';

/** Of orders that nobody has acknowledged; beyond it the oldest are told of no more. */
const mostAtOnce = 1_000;

/** Orders that were sent in a trace: each is a span, until its worker has it or it has ended. */
export class OrderSpans {
  private readonly open = new Map<string, Span>();

  /** What an order is handed on with; undefined: it is part of no trace. */
  traceOf(
    { id, kind, job, instance, nodeId }: CommandRecord,
    parent: string | undefined,
    tracer: Tracer,
  ): string | undefined {
    const sent = this.open.get(id);
    if (sent !== undefined) return sent.traceparent ?? undefined;
    if (parent === undefined) return undefined;
    const facts = { 'oakring.job': job, 'oakring.instance': instance, 'oakring.node': nodeId };
    const span = tracer.begin(`order ${kind}`, parent, 'client', facts);
    this.open.set(id, span);
    const [oldest] = this.open.keys();
    if (this.open.size > mostAtOnce && oldest !== undefined) this.open.delete(oldest);
    return span.traceparent ?? undefined;
  }

  note(changed: Iterable<string>, commands: ClusterState['commands']): void {
    if (this.open.size === 0) return;
    for (const id of changed) {
      const span = this.open.get(id);
      const command = commands.get(id);
      if (span === undefined || command?.status === 'issued') continue;
      this.open.delete(id);
      span.end({ 'oakring.status': command?.status ?? 'ended' });
    }
  }
}
