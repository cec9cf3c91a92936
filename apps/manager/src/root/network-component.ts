import { exchangeBytes, NoAnswer } from '@oakring/http';

/** It asks the root's in that call. */
const patienceMs = 1_000;
/** What it answers is not read. */
const maxAnswerBytes = 64 * 1024;

/** The service manager of Oakestra's network component in this cluster: hears of each start before its worker. */
export class NetworkComponent {
  private hasFailed = false;

  constructor(
    private readonly place: { readonly host: string; readonly port: number },
    private readonly warn: (line: string) => void,
    private readonly withinMs = patienceMs,
  ) {}

  /** Never throws: whatever it does with it, what is to run runs. */
  async startComes(jobName: string, ending: AbortSignal): Promise<void> {
    const { place, withinMs } = this;
    const url = `http://${place.host}:${place.port}/api/net/deployment`;
    const body = Buffer.from(JSON.stringify({ job_name: jobName }));
    const question = { url, body, type: 'application/json', withinMs, maxAnswerBytes, ending };
    try {
      const { ok, status } = await exchangeBytes(question);
      if (ok) this.hasFailed = false;
      else this.failed(`answers with status ${status}`);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (!ending.aborted) this.failed(`does not answer (${error.message})`);
    }
  }

  /** Told once until it answers again. */
  private failed(how: string): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    const { host, port } = this.place;
    this.warn(
      `The network component at ${host}:${port} (CLUSTER_SERVICE_MANAGER_ADDR) ${how}. Services are ` +
        'started all the same; those that talk to each other through it may not find each other.',
    );
  }
}
