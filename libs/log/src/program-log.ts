import type { Clock } from '@oakring/ports';
import { logLevels, type Log, type LogFacts, type LogLevel, type Sink } from './log-entry.js';
import { currentRequest } from './request-scope.js';

/** Where Nest tells how it puts an application together. */
const ofNest: ReadonlySet<string> = new Set([
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
]);

/** The log of a program: what its parts say goes to one sink, if its level is wanted. */
export class ProgramLog {
  private standing: () => LogFacts = () => ({});

  constructor(
    private readonly sink: Sink,
    private readonly clock: Clock,
    /** The least level that is written; may be changed at any time. */
    public level: LogLevel,
  ) {}

  /** From now on every line carries what `facts` says at that moment; its own facts count more. */
  stand(facts: () => LogFacts): void {
    this.standing = facts;
  }

  of(context: string): Log {
    return {
      wants: (level) => this.wants(level),
      say: (level, text, facts = {}) => this.say(level, context, text, facts),
    };
  }

  private wants(level: LogLevel): boolean {
    return logLevels.indexOf(level) >= logLevels.indexOf(this.level);
  }

  say(level: LogLevel, context: string, text: string, facts: LogFacts): void {
    if (!this.wants(level)) return;
    const current = currentRequest();
    const { request = current?.id ?? null, trace = traceOf(request, current), ...others } = facts;
    const ofRequest = {
      ...(request === null ? {} : { request }),
      ...(trace === null ? {} : { trace }),
    };
    this.sink({
      ...{ level, atMs: this.clock.wallMs(), context, text },
      facts: { ...this.standing(), ...ofRequest, ...others },
    });
  }

  /** In the shape that Nest's `Logger` writes to: what it and our own parts say through it. */
  forNest() {
    const entry =
      (level: LogLevel) =>
      (message: unknown, ...rest: unknown[]): void => {
        // Nest appends the name of the logger, and before it the stack that a caller gave.
        const context = rest.length > 0 ? String(rest.at(-1)) : '';
        const texts = [message, ...rest.slice(0, -1)].filter((text) => text !== undefined);
        const isChatter = level === 'info' && ofNest.has(context);
        this.say(isChatter ? 'debug' : level, context, texts.map(textOf).join('\n'), {});
      };
    return {
      log: entry('info'),
      warn: entry('warn'),
      error: entry('error'),
      fatal: entry('fatal'),
      debug: entry('debug'),
      verbose: entry('debug'),
      // The level is the operator's, not of whoever makes an application.
      setLogLevels: (): void => {},
    };
  }
}

/** Of the request that a line is about, where that is the one that is answered now. */
function traceOf(
  request: string | null,
  current: ReturnType<typeof currentRequest>,
): string | null {
  return current !== undefined && current.id === request ? current.trace : null;
}

function textOf(value: unknown): string {
  return value instanceof Error ? (value.stack ?? value.message) : String(value);
}
