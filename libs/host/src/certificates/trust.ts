import { OakringError, systemCodeOf } from '@oakring/contracts';
import { readFileSync } from 'node:fs';
import type { Agent } from 'undici';

/** What a connection by TLS is made with: of Node's `tls.connect`, and of what hands it on. */
export interface TrustOptions {
  /** Whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED): there is no switch to turn it off. */
  readonly rejectUnauthorized: true;
  /** PEM; absent: those whom this machine's Node believes. */
  readonly ca?: string;
  /** The name that is asked for, and looked for in the certificate, instead of the address's. */
  readonly servername?: string;
  /** What is believed need not sign itself. */
  readonly allowPartialTrustChain?: true;
}

/**
 * Whose certificates are believed where another program is asked. What is believed is read anew for each connection,
 * so that a file which has another CA counts from then on.
 */
export class Trust {
  private agent: { readonly of: string; readonly agent: Agent } | null = null;

  private constructor(private readonly read: () => Omit<TrustOptions, 'rejectUnauthorized'>) {}

  /** Those of a PEM file, and nobody else; null: those whom this machine's Node believes. */
  static in(file: string | null): Trust {
    return new Trust(() => (file === null ? {} : { ca: textOf(file) }));
  }

  /** Those of a PEM text, and nobody else. */
  static of(ca: string): Trust {
    return new Trust(() => ({ ca }));
  }

  /** A listener of this process, by what it shows, whatever it is for and whoever signed it. */
  static own(shown: () => { readonly cert: string; readonly name: string | null }): Trust {
    return new Trust(() => {
      const { cert, name } = shown();
      const ca = { ca: cert, allowPartialTrustChain: true } as const;
      return name === null ? ca : { ...ca, servername: name };
    });
  }

  /** Throws `settings-invalid` where the file cannot be read. */
  options(): TrustOptions {
    return { ...this.read(), rejectUnauthorized: true };
  }

  /** As `fetch` does, which knows no other authorities than this machine's. */
  async fetch(request: Request, more: { readonly signal?: AbortSignal } = {}): Promise<Response> {
    // The platform's own is enough where nothing is to be believed, and is loaded already.
    if (!request.url.startsWith('https:')) return fetch(request, more);
    // Of a bundle it has nothing but its default.
    const { default: undici } = await import('undici');
    const options = this.options();
    const of = JSON.stringify(options);
    if (this.agent?.of !== of) {
      // Connections of the former one end when they have rested.
      this.agent = { of, agent: new undici.Agent({ connect: options }) };
    }
    const { url, method, headers, redirect } = request;
    const signals = [request.signal, ...(more.signal === undefined ? [] : [more.signal])];
    const answer = await undici.fetch(url, {
      ...{ method, redirect, signal: AbortSignal.any(signals), dispatcher: this.agent.agent },
      headers: [...headers],
      // Of known length: what we send is documents.
      ...(request.body === null ? {} : { body: await request.arrayBuffer() }),
    });
    // The same standard, of another copy of the code.
    return answer as unknown as Response;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const detail = `The certificates of those who are believed, ${file} (OAKRING_TLS_CA), cannot be read: ${systemCodeOf(error)}.`;
    throw new OakringError(
      { code: 'settings-invalid', detail, field: 'OAKRING_TLS_CA', value: file },
      { cause: error },
    );
  }
}
