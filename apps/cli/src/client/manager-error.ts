import { cutText, isObject, type Problem } from '@oakring/contracts';

/**
 * The one error of the client. `refused`: the manager answered with a problem (null when the answer
 * was something else, a proxy's page for example). `unreachable`: nobody answered, or not to the end.
 */
export class ManagerError extends Error {
  constructor(
    message: string,
    readonly kind: 'refused' | 'unreachable',
    readonly problem: Problem | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ManagerError';
  }
}

const shownCharacters = 300;

/** The error of an answer that is no success. */
export function refusedWith(status: number, body: string): ManagerError {
  const problem = problemOf(body);
  if (problem !== null) return new ManagerError(problem.detail, 'refused', problem);
  const shown = body.trim() === '' ? 'nothing more' : cutText(body, shownCharacters);
  return new ManagerError(`The manager answered ${status}: ${shown}`, 'refused');
}

function problemOf(body: string): Problem | null {
  try {
    const document: unknown = JSON.parse(body);
    if (!isObject(document)) return null;
    const shown = ['title', 'code', 'detail'];
    const isProblem = shown.every((member) => typeof document[member] === 'string');
    // What must be there is there; the rest of the shape is the manager's contract.
    return isProblem ? (document as unknown as Problem) : null;
  } catch {
    return null;
  }
}

/** The error of a request that got no answer, with what a person can do about it. */
export function unreachable(url: string, error: unknown): ManagerError {
  const reason = reasonOf(error);
  return new ManagerError(
    unverified.test(reason)
      ? `Whoever answers at ${url} is not believed (${reason}): ${remedyOf(reason)}.`
      : `No manager answers at ${url} (${reason}). ` +
          `Start one with "oakring up", or name where it is with --url or OAKRING_URL${plainHint(url, reason)}.`,
    'unreachable',
    null,
    { cause: error },
  );
}

/** What Node says of a certificate, by the codes of OpenSSL. */
const unverified =
  /^(ERR_TLS_CERT_ALTNAME_INVALID|CERT_\w+|(DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|UNABLE_TO_\w+)$/;

function remedyOf(reason: string): string {
  switch (reason) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'its certificate is for other names; "oakring certs renew --name" there adds one';
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has ended; "oakring certs renew" there makes another';
    default:
      return 'name the certificates of its CA with --ca-file or OAKRING_TLS_CA';
  }
}

/** Whoever speaks TLS ends a connection that does not, without a word. */
function plainHint(url: string, reason: string): string {
  const isCut = url.startsWith('http:') && /^(ECONNRESET|UND_ERR_SOCKET)$/.test(reason);
  return isCut ? '; where it speaks TLS its address begins with https://' : '';
}

/** fetch hides what happened in its error's cause: a code of the system, or a sentence. */
function reasonOf(error: unknown): string {
  if (!isObject(error)) return String(error);
  const { cause, message } = error;
  if (!isObject(cause)) return String(message);
  return typeof cause['code'] === 'string' ? cause['code'] : String(cause['message']);
}
