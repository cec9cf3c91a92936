import type { EventLogWriter } from '@oakring/stores';

/** Streams whose newest version is remembered; others are looked up in the log when they are written. */
const maxRemembered = 50_000;

/** Numbers events within their streams, densely from 1, across commits and starts. */
export class StreamVersions {
  private readonly versions = new Map<string, number>();

  constructor(private readonly log: EventLogWriter) {}

  /** Must be awaited with the streams of a commit before `next` is called for them. */
  async prepare(streams: Iterable<string>): Promise<void> {
    const unknown: string[] = [];
    for (const stream of streams) if (!this.versions.has(stream)) unknown.push(stream);
    if (unknown.length === 0) return;
    for (const [stream, version] of await this.log.streamVersions(unknown)) {
      this.versions.set(stream, version);
    }
  }

  next(stream: string): number {
    const version = (this.versions.get(stream) ?? 0) + 1;
    // Set again at the end: the first key is the one written longest ago.
    this.versions.delete(stream);
    this.versions.set(stream, version);
    return version;
  }

  /** Forgets the oldest beyond the limit; to be called between commits. */
  trim(): void {
    for (const stream of this.versions.keys()) {
      if (this.versions.size <= maxRemembered) break;
      this.versions.delete(stream);
    }
  }

  /** What was counted was not written: look everything up again. */
  reset(): void {
    this.versions.clear();
  }
}
