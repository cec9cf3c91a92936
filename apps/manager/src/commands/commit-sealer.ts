import { OakringError } from '@oakring/contracts';
import {
  encodeEvent,
  sealCommit,
  type Commit,
  type DecidedCommand,
  type LogHead,
} from '@oakring/events';
import { type EventLogWriter } from '@oakring/stores';
import type { Ids } from '@oakring/ports';
import type { Deciding } from './decide/deciding.js';
import { logFailed } from './writer-errors.js';
import { StreamVersions } from './stream-versions.js';

/** Makes commits of decisions: versions within streams, canonical text, the chain's next link. */
export class CommitSealer {
  private readonly versions: StreamVersions;

  constructor(
    log: EventLogWriter,
    private readonly epoch: number,
    private readonly ids: Ids,
  ) {
    this.versions = new StreamVersions(log);
  }

  /**
   * Throws `log-unavailable` when the log cannot tell the newest versions, anything else when an
   * event does not pass its schema: a bug of a decider.
   */
  async seal(
    head: LogHead,
    deciding: Deciding,
    commands: readonly DecidedCommand[],
  ): Promise<Commit> {
    const streams = new Set(deciding.events.map((event) => event.stream));
    await this.versions.prepare(streams).catch((error: unknown) => {
      throw error instanceof OakringError ? error : logFailed(error);
    });
    return sealCommit(head, {
      epoch: this.epoch,
      commitId: this.ids.next(),
      at: deciding.at,
      streams: [...streams].sort(),
      commands,
      events: deciding.events.map((event) =>
        encodeEvent(event, this.versions.next(event.stream), event),
      ),
    });
  }

  /** The newest commit is in the log. */
  appended(): void {
    this.versions.trim();
  }

  /** The newest commit is not in the log. */
  takenBack(): void {
    this.versions.reset();
  }
}
