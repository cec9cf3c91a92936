import type { KnownCertificate } from '@oakring/host';
import type { Colors } from '../terminal.js';
import { renderFacts } from './table.js';

/** A certificate as it is shown. */
interface Certificate extends KnownCertificate {
  readonly file: string;
}

const dayMs = 86_400_000;
/** As the alert has it (OakringCertificateEnds). */
const soonDays = 14;

export function renderCertificates(
  certificates: readonly Certificate[],
  { colors, nowMs }: { readonly colors: Colors; readonly nowMs: number },
): string {
  if (certificates.length === 0) return 'No certificates yet. Make them: oakring certs init';
  return certificates
    .map((each) =>
      renderFacts([
        [each.isAuthority ? 'CA' : 'certificate', colors.bold(each.subject)],
        ['file', each.file],
        ...(each.isAuthority ? [] : [['signed by', each.issuer] as const]),
        ...(each.names.length === 0 ? [] : [['names', each.names.join(' ')] as const]),
        ['ends', endText(each, nowMs, colors)],
        ['SHA-256', each.fingerprint],
      ]),
    )
    .join('\n\n');
}

function endText({ from, to }: Certificate, nowMs: number, colors: Colors): string {
  const leftMs = Date.parse(to) - nowMs;
  const days = Math.floor(Math.abs(leftMs) / dayMs);
  if (leftMs <= 0) return colors.red(`${to}, ${days} d ago`);
  if (Date.parse(from) > nowMs) return colors.red(`${to}; it does not hold before ${from}`);
  const text = `${to}, in ${days} d`;
  return days < soonDays ? colors.yellow(text) : colors.green(text);
}
