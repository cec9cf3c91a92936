import { isObject, type NodeChanges } from '@oakring/contracts';
import { NodeView } from './node-view.port.js';

const answerWithinMs = 2_000;

/** The manager's node view over HTTP. */
export class HttpNodeView extends NodeView {
  constructor(
    private readonly managerUrl: string,
    private readonly token: string | null,
  ) {
    super();
  }

  async changes(since: number, telemetrySince: number): Promise<NodeChanges> {
    const query = `since=${since}&telemetrySince=${telemetrySince}`;
    const url = `${this.managerUrl}/api/v1/node-changes?${query}`;
    let answer: unknown;
    try {
      const response = await fetch(url, {
        headers: this.token === null ? {} : { authorization: `Bearer ${this.token}` },
        signal: AbortSignal.timeout(answerWithinMs),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`it answered ${response.status}`);
      }
      answer = await response.json();
    } catch (error) {
      throw new Error(reasonOf(error), { cause: error });
    }
    if (!isNodeChanges(answer)) throw new Error('its answer is not a list of node changes');
    return answer;
  }
}

/** The frame only: what is in it is our own manager's, made by a type of the same contract. */
function isNodeChanges(answer: unknown): answer is NodeChanges {
  return (
    isObject(answer) &&
    Number.isSafeInteger(answer['position']) &&
    Number.isSafeInteger(answer['telemetry']) &&
    typeof answer['complete'] === 'boolean' &&
    Array.isArray(answer['nodes']) &&
    Array.isArray(answer['removed']) &&
    Array.isArray(answer['foreign'])
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${answerWithinMs} ms`;
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}
