import { isObject, withoutTokens } from '@oakring/contracts';
import { Trust } from '@oakring/host';
import type { LetIn, LettingIn } from './letting-in.port.js';
import type { GivenCertificate } from './node-certificate.js';

const withinMs = 5_000;

/**
 * Asks the manager at `url`, believed by the CAs of the file `tlsCa`, or those of this machine's Node: what it was joined by
 * is what it is asked by later.
 */
export function askManager(url: string, { tlsCa }: { readonly tlsCa?: string }): LettingIn {
  const place = `${url.replace(/\/$/, '')}/api/v1/joins`;
  return async ({ bearer, csr, registrationToken, ...said }) => {
    // Its front door loads a listener, too: only where somebody joins.
    const { ask, NoAnswer } = await import('@oakring/http');
    const body = { ...said, ...(registrationToken === null ? {} : { registrationToken }) };
    const question = { url: place, token: bearer, withinMs, trust: Trust.in(tlsCa ?? null) };
    try {
      const first = csr === null ? body : { ...body, csr };
      const answer = await ask({ ...question, body: first }).catch((error: unknown) => {
        const isWithoutCa = error instanceof NoAnswer && error.message.includes(noAuthority);
        if (!isWithoutCa) throw error;
        return ask({ ...question, body });
      });
      return { is: 'joined', certificate: certificateIn(answer) };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { is: standingOf(error.status), why: `${url}: ${withoutTokens(error.message)}` };
    }
  };
}

/** Code of the problem where certificates are nobody's to give. */
const noAuthority = 'no-certificate-authority';

function certificateIn(answer: unknown): GivenCertificate | null {
  const { certificate: given } = isObject(answer) ? answer : {};
  const { certificate, ca } = isObject(given) ? given : {};
  const isWhole = typeof certificate === 'string' && typeof ca === 'string';
  return isWhole ? { certificate, ca } : null;
}

/** `status`: of the answer; null: there was none. */
function standingOf(status: number | null): Exclude<LetIn['is'], 'joined'> {
  if (status === 404 || status === 405) return 'unknown';
  // Not ready, overloaded, or a proxy before it that finds nobody: it may be otherwise soon.
  const isRefused = status !== null && status < 500 && status !== 408 && status !== 429;
  return isRefused ? 'refused' : 'away';
}
