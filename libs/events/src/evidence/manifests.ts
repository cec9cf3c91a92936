import type { EventData } from '../catalogue/catalogue.js';
import type { Problem } from '../log/damage.js';
import { canonicalJson } from '../text/canonical-json.js';

/** The manifests of dropped telemetry, in the order of the log: those of one segment say the same. */
export class Manifests {
  private readonly texts = new Map<string, string>();

  get count(): number {
    return this.texts.size;
  }

  take(data: EventData<'TelemetryTruncated'>): Problem | null {
    const { segment, firstBatch, lastBatch } = data;
    const text = canonicalJson(data);
    const before = this.texts.get(segment) ?? text;
    this.texts.set(segment, text);
    if (firstBatch <= lastBatch && before === text) return null;
    return { rule: 'M1', detail: `segment ${segment} has contradicting manifests` };
  }
}
