import { Session } from 'node:inspector';

/** The blocks of functions that ran since it was last asked, each by a name. */
export interface Coverage {
  take(): readonly string[];
  end(): void;
}

/** As the inspector says it, of what ran since the last time. */
interface Taken {
  readonly result: readonly {
    readonly scriptId: string;
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly {
        readonly startOffset: number;
        readonly endOffset: number;
        readonly count: number;
      }[];
    }[];
  }[];
}

/**
 * Of the engine itself, block by block: all code counts, packages too, as it lies there. To ask costs milliseconds,
 * more than most parsers take, so that it is asked of many runs at once.
 */
export function coverageOfEngine(): Coverage {
  const session = new Session();
  session.connect();
  const post = (method: string, parameters: object = {}): unknown => {
    let answer: unknown;
    // It answers before it returns.
    session.post(method, parameters, (error, result) => {
      if (error !== null) throw error;
      answer = result;
    });
    return answer;
  };
  post('Profiler.enable');
  post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return {
    take() {
      const { result } = post('Profiler.takePreciseCoverage') as Taken;
      return result
        .filter(({ url }) => !url.startsWith('node:') && !url.includes('/infra/fuzz/'))
        .flatMap(({ scriptId, functions }) =>
          functions.flatMap(({ ranges }) =>
            ranges
              .filter(({ count }) => count > 0)
              .map(({ startOffset, endOffset }) => `${scriptId}:${startOffset}:${endOffset}`),
          ),
        );
    },
    end() {
      post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}
