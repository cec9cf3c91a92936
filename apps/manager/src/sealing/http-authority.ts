import { readFile } from 'node:fs/promises';
import { OakringError } from '@oakring/contracts';
import { askForBytes, NoAnswer } from '@oakring/http';
import type { Ids, Ports } from '@oakring/ports';
import type { TrustedCertificates } from '@oakring/timestamps';
import type { Stamp, StampAuthority } from './stamps.js';

const withinMs = 10_000;
/** A token with its certificates is some kilobytes; in base64 it must fit into its event. */
const maxAnswerBytes = 48 * 1024;

type TimeStamps = typeof import('@oakring/timestamps');

interface AuthoritySettings {
  readonly tsaUrl: string | null;
  readonly tsaCa: string;
}

/**
 * The authority that the settings name; null: none. Throws `settings-invalid` when the certificates that
 * its stamps must lead to cannot be read. What reads stamps is loaded for who uses them only.
 */
export async function openAuthority(
  { tsaUrl, tsaCa }: AuthoritySettings,
  { ids }: Pick<Ports, 'ids'>,
): Promise<StampAuthority | null> {
  if (tsaUrl === null) return null;
  const timeStamps = await import('@oakring/timestamps');
  const trusted = tsaCa === '' ? null : await trustedIn(tsaCa, timeStamps);
  return new HttpAuthority(tsaUrl, trusted, timeStamps, ids);
}

async function trustedIn(
  path: string,
  { certificatesOf }: TimeStamps,
): Promise<TrustedCertificates> {
  try {
    return certificatesOf(await readFile(path, 'utf8'));
  } catch (error) {
    throw new OakringError({
      code: 'settings-invalid',
      detail: `OAKRING_TSA_CA: ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
      field: 'OAKRING_TSA_CA',
    });
  }
}

/** RFC 3161 over HTTP (section 3.4). */
class HttpAuthority implements StampAuthority {
  constructor(
    private readonly url: string,
    private readonly trusted: TrustedCertificates | null,
    private readonly timeStamps: TimeStamps,
    private readonly ids: Ids,
  ) {}

  async stamp(note: string, ending: AbortSignal): Promise<Stamp> {
    const { questionBytes, readAnswer } = this.timeStamps;
    const question = { content: note, nonce: this.ids.next().replaceAll('-', '') };
    const bytes = await this.ask(questionBytes(question), ending);
    const answer = await readAnswer(bytes, question, this.trusted);
    if (answer.status === 'refused') throw this.unavailable(`gave no stamp: ${answer.reason}`);
    return { time: answer.time, token: answer.token };
  }

  private async ask(body: Uint8Array, ending: AbortSignal): Promise<Uint8Array> {
    try {
      const type = 'application/timestamp-query';
      return await askForBytes({ url: this.url, type, body, withinMs, maxAnswerBytes, ending });
    } catch (error) {
      throw error instanceof NoAnswer
        ? this.unavailable(`did not answer: ${error.message}`)
        : error;
    }
  }

  private unavailable(what: string): OakringError {
    const detail = `The authority for time stamps at ${new URL(this.url).origin} ${what}.`;
    return new OakringError({ code: 'authority-unavailable', detail });
  }
}
