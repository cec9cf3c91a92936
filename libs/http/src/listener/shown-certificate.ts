import { Logger } from '@nestjs/common';
import { explain, OakringError } from '@oakring/contracts';
import {
  certificatesIn,
  readServed,
  Trust,
  type CertificateFiles,
  type ServedCertificates,
} from '@oakring/host';
import type { Timer, Timers } from '@oakring/ports';
import { isIP } from 'node:net';
import type { Server, TlsOptions } from 'node:tls';

/** Whoever put new files there sees them shown by then. */
const lookEveryMs = 5_000;
/** A connection that has not shaken hands by then is closed. */
const handshakeWithinMs = 10_000;

/**
 * The certificate that listeners of this process show, read anew while they run. Connections that are there go on as
 * they began; those that come after a change see the new one. Files that cannot be used, or are not of one another,
 * change nothing, and are told of once: whoever writes two of them is seen between, and what runs goes on.
 */
export class ShownCertificate {
  private readonly logger = new Logger('Certificates');
  private readonly servers = new Set<Server>();
  private readonly looking: Timer;
  private problem: string | null = null;

  private constructor(
    private readonly files: CertificateFiles,
    private shown: ServedCertificates,
    timers: Timers,
  ) {
    this.looking = timers.every(lookEveryMs, () => this.look());
  }

  /** Throws `settings-invalid` where there is none that can be shown. */
  static open(files: CertificateFiles, timers: Timers): ShownCertificate {
    return new ShownCertificate(files, readServed(files), timers);
  }

  /** What a server is made with that shows it. */
  get options(): TlsOptions {
    const { cert, key, ca } = this.shown;
    return {
      ...{ cert, key, handshakeTimeout: handshakeWithinMs },
      ...(ca === null ? {} : { ca }),
    };
  }

  /** Host names that it is for now: whoever asks by one of them means us. */
  get names(): readonly string[] {
    return certificatesIn(this.shown.cert)[0]?.names ?? [];
  }

  /** For connections of this process to its own listeners. */
  get trust(): Trust {
    return Trust.own(() => ({ cert: this.shown.cert, name: firstName(this.shown.cert) }));
  }

  /** A server that was made with `options` shows what comes after it as well. */
  showOn(server: Server): void {
    this.servers.add(server);
    server.once('close', () => this.servers.delete(server));
  }

  /** Reads the files, and shows what is new in them. */
  look(): void {
    let found: ServedCertificates;
    try {
      found = readServed(this.files);
    } catch (error) {
      if (!(error instanceof OakringError)) throw error;
      return this.complain(explain(error));
    }
    this.problem = null;
    const { cert, key, ca } = this.shown;
    if (found.cert === cert && found.key === key && found.ca === ca) return;
    this.shown = found;
    for (const server of this.servers) server.setSecureContext(this.options);
    const [own] = certificatesIn(found.cert);
    this.logger.log(
      `the certificate of ${own?.subject ?? 'nobody'} is shown from now on, until ${own?.to ?? '?'}`,
    );
  }

  stop(): void {
    this.looking.cancel();
  }

  private complain(problem: string): void {
    if (problem === this.problem) return;
    this.problem = problem;
    this.logger.warn(`the certificate that was shown before is shown on: ${problem}`);
  }
}

/** A host name of it, to be asked for; null: it has addresses alone. */
function firstName(cert: string): string | null {
  const [own] = certificatesIn(cert);
  const name = own?.names.find((each) => isIP(each) === 0);
  // Of a wildcard any name will do.
  return name?.replace(/^\*\./, 'any.') ?? null;
}
